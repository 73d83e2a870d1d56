import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentPrincipal } from '../../auth/access/caller.decorator.js';
import type { Principal } from '../../auth/access/principal.js';
import { StorageFull, StorageUnavailable } from '../../common/errors/catalogue.js';
import { StorageUnfit } from '../../storage/storage.errors.js';
import { Access, SignedInWith } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { NotPromptOwner, PromptNotFound } from '../../prompts/prompts.errors.js';
import { RevisionPath } from '../../history/revisions/revisions.dto.js';
import { RevisionNotFound } from '../../history/revisions/revisions.errors.js';
import { ObjectKeyTaken, VersionExists } from '../versions.errors.js';
import { ReleasedVersion, ReleaseQuery, ReleaseRevision } from './release.dto.js';
import { ReleaseService } from './release.service.js';

@ApiTags('Versions')
@Controller('v1/prompts/:owner/:name/revisions')
export class ReleaseController {
  constructor(private readonly releases: ReleaseService) {}

  @Post(':number/release')
  @Access(SignedInWith('versions:publish'))
  @Summary('Release a revision as a version', 'The same revision makes the same bytes, wherever it is released.')
  @Returns(201, ReleasedVersion, 'The version, stored and listed.')
  @Fails(
    PromptNotFound,
    RevisionNotFound,
    NotPromptOwner,
    VersionExists,
    ObjectKeyTaken,
    StorageFull,
    StorageUnavailable,
    StorageUnfit,
  )
  releaseRevision(
    @Param({ schema: RevisionPath }) path: RevisionPath,
    @Query({ schema: ReleaseQuery }) query: ReleaseQuery,
    @Body({ schema: ReleaseRevision }) release: ReleaseRevision,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.releases.release(path, release, query.allow_breaking, caller);
  }
}
