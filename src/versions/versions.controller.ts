import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConfigureRoute } from '../common/route-config.decorator.js';
import { ApiBody, ApiConsumes, ApiTags } from '../common/openapi.decorators.js';
import { CurrentCaller, CurrentPrincipal } from '../auth/access/caller.decorator.js';
import type { Caller, Principal } from '../auth/access/principal.js';
import { BeyondOwnRights, KeyBoundElsewhere } from '../auth/auth.errors.js';
import {
  BadRequest,
  Overloaded,
  PayloadTooLarge,
  RequestTimeout,
  StorageFull,
  StorageUnavailable,
  ValidationFailed,
} from '../common/errors/catalogue.js';
import { Access, Anyone, SignedInWith } from '../common/http/access.decorator.js';
import { CachesAnswers } from '../common/http/requests/caches-answers.decorator.js';
import { DisconnectSignal } from '../common/http/requests/disconnect-signal.decorator.js';
import { WhenDatabaseFails } from '../common/errors/database-failure.filter.js';
import { Fails, Returns, Summary } from '../common/http/documented.decorator.js';
import { NotPromptOwner, PromptExists, PromptNotFound } from '../prompts/prompts.errors.js';
import { StorageUnfit } from '../storage/storage.errors.js';
import { DownloadsService } from './downloads.service.js';
import { PublishService } from './publish/publish.service.js';
import { UploadService } from './upload/upload.service.js';
import {
  PromptId,
  PromptPath,
  PublishPrompt,
  UploadedVersion,
  uploadForm,
  VersionDetails,
  VersionItem,
  VersionList,
  VersionPage,
  VersionPath,
} from './versions.dto.js';
import {
  DownloadUnavailable,
  ObjectKeyTaken,
  TemporaryFilesUnavailable,
  VersionExists,
  VersionNotFound,
  VersionsUnavailable,
} from './versions.errors.js';
import { VersionsService } from './versions.service.js';

@ApiTags('Versions')
@Controller('v1/prompts')
export class VersionsController {
  constructor(
    private readonly versions: VersionsService,
    private readonly uploads: UploadService,
    private readonly downloads: DownloadsService,
    private readonly publishing: PublishService,
  ) {}

  @Post('publish')
  @Access(SignedInWith('versions:publish'))
  @Summary('Publish a text as a new prompt', 'Makes the prompt and its version 1.0.0, both or nothing.')
  @Returns(201, VersionItem, 'Version 1.0.0 of the new prompt.')
  @Fails(
    PromptExists,
    ObjectKeyTaken,
    NotPromptOwner,
    BeyondOwnRights,
    KeyBoundElsewhere,
    StorageFull,
    StorageUnavailable,
    StorageUnfit,
  )
  publishPrompt(@Body({ schema: PublishPrompt }) prompt: PublishPrompt, @CurrentPrincipal() caller: Principal) {
    return this.publishing.publish(prompt, caller);
  }

  @Post(':id/versions')
  @Access(SignedInWith('versions:publish'))
  @ConfigureRoute({ streamsBody: true })
  @Summary(
    'Upload a version',
    'A version is immutable: nothing ever overwrites it. Uploads of one account share a queue with those of others; ' +
      'one that sends less than 1 KiB a second for 20 seconds is given up.',
  )
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: uploadForm })
  @Returns(201, UploadedVersion, 'The version, stored and listed.')
  @Fails(
    PromptNotFound,
    NotPromptOwner,
    ValidationFailed,
    VersionExists,
    ObjectKeyTaken,
    BadRequest,
    RequestTimeout,
    PayloadTooLarge,
    StorageFull,
    StorageUnavailable,
    TemporaryFilesUnavailable,
    StorageUnfit,
    Overloaded,
  )
  uploadVersion(
    @Param('id', { schema: PromptId }) id: string,
    @CurrentPrincipal() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @DisconnectSignal() disconnected: AbortSignal,
  ) {
    return this.uploads.upload(id, caller, { request, reply, disconnected });
  }

  @Get(':owner/:name/versions')
  @CachesAnswers(Anyone)
  @Summary('List versions')
  @Returns(200, VersionList, 'Newest first by time of creation, 1000 a page.', {
    Link: 'Where the next page is: `<…>; rel="next"`. Left out on the last page.',
  })
  @Fails(PromptNotFound, VersionsUnavailable)
  @WhenDatabaseFails(VersionsUnavailable)
  listVersions(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: VersionPage }) page: VersionPage,
    @CurrentCaller() caller: Caller,
  ) {
    return this.versions.list(path, page, caller);
  }

  @Get(':owner/:name/versions/:version')
  @Access(Anyone)
  @Summary('Read a version')
  @Returns(200, VersionDetails, 'The version with its manifest, README and list of files.')
  @Fails(PromptNotFound, VersionNotFound)
  getVersion(@Param({ schema: VersionPath }) path: VersionPath, @CurrentCaller() caller: Caller) {
    return this.versions.get(path, caller);
  }

  @Get(':owner/:name/versions/:version/download')
  @CachesAnswers(Anyone)
  @Summary(
    'Download a version',
    'Redirects to an address that gives the tarball (`application/gzip`) for 15 minutes: ' +
      'no credentials are sent there. Each redirect counts as one download.',
  )
  @Returns(302, null, 'The tarball is at `Location`. There is no body.', {
    Location: 'Absolute address of the tarball.',
  })
  @Fails(PromptNotFound, VersionNotFound, DownloadUnavailable)
  @WhenDatabaseFails(DownloadUnavailable)
  downloadVersion(
    @Param({ schema: VersionPath }) path: VersionPath,
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
  ) {
    return this.downloads.download(path, caller, request);
  }
}
