import { Body, Controller, Param, Patch } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentPrincipal } from '../../auth/access/caller.decorator.js';
import type { Principal } from '../../auth/access/principal.js';
import { Access, SignedInWith } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { NotPromptOwner, PromptNotFound } from '../../prompts/prompts.errors.js';
import { VersionDetails, VersionPath } from '../versions.dto.js';
import { VersionNotFound } from '../versions.errors.js';
import { UpdateVersion } from './version-status.dto.js';
import { VersionStatusService } from './version-status.service.js';

@ApiTags('Versions')
@Controller('v1/prompts/:owner/:name/versions')
export class VersionStatusController {
  constructor(private readonly versionStatus: VersionStatusService) {}

  @Patch(':version')
  @Access(SignedInWith('versions:publish'))
  @Summary(
    'Yank or deprecate a version',
    'Its bytes are kept, exact reads still serve it, and the change can be undone.',
  )
  @Returns(200, VersionDetails, 'The version as it is now.')
  @Fails(PromptNotFound, VersionNotFound, NotPromptOwner)
  updateVersion(
    @Param({ schema: VersionPath }) path: VersionPath,
    @Body({ schema: UpdateVersion }) change: UpdateVersion,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.versionStatus.update(path, change, caller);
  }
}
