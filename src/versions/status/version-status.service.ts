import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { assertSameIdentity } from '../../common/http/patch.js';
import { PromptAccess } from '../../prompts/prompt-access.js';
import type { VersionDetails, VersionPath } from '../versions.dto.js';
import { VersionsService } from '../versions.service.js';
import { ReleaseStatusWriter } from './release-status-writer.js';
import type { UpdateVersion } from './version-status.dto.js';

/** What becomes of a version after it was published: its bytes stay, and every change can be taken back. */
@Injectable()
export class VersionStatusService {
  constructor(
    private readonly access: PromptAccess,
    private readonly writer: ReleaseStatusWriter,
    private readonly versions: VersionsService,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner, VersionNotFound */
  async update({ version, ...path }: VersionPath, change: UpdateVersion, me: Principal): Promise<VersionDetails> {
    assertSameIdentity({ name: [change.name, path.name], version: [change.version, version] });
    const { id } = await this.access.byPath(path.owner, path.name, me, 'own');
    await this.writer.update(id, version, change, me);
    return this.versions.get({ version, ...path }, me);
  }
}
