import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { assertSameIdentity } from '../../common/http/patch.js';
import { PromptAccessService } from '../../prompts/prompt-access.service.js';
import type { VersionDetails, VersionPath } from '../versions.dto.js';
import { VersionsService } from '../versions.service.js';
import { ReleaseStatusWriter } from './release-status-writer.js';
import type { UpdateVersion } from './version-status.dto.js';

/** Changes the status of a published version. Its bytes stay, and every change can be reverted. */
@Injectable()
export class VersionStatusService {
  constructor(
    private readonly access: PromptAccessService,
    private readonly writer: ReleaseStatusWriter,
    private readonly versions: VersionsService,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner, VersionNotFound */
  async update({ version, ...path }: VersionPath, change: UpdateVersion, caller: Principal): Promise<VersionDetails> {
    assertSameIdentity({ name: [change.name, path.name], version: [change.version, version] });
    const { id } = await this.access.byPath(path.owner, path.name, caller, 'own');
    await this.writer.update(id, version, change, caller);
    return this.versions.get({ version, ...path }, caller);
  }
}
