import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { AuditLedger } from '../../auth/audit/audit-ledger.js';
import type { AuditAction } from '../../auth/audit/audit-actions.js';
import { assertSameIdentity } from '../../common/http/patch.js';
import { Database } from '../../database/database.js';
import { PromptAccess } from '../../prompts/prompt-access.js';
import { PromptsRepository } from '../../prompts/prompts.repository.js';
import { type ReleaseLife, ReleasesRepository } from '../../prompts/releases/releases.repository.js';
import type { VersionDetails, VersionPath } from '../versions.dto.js';
import { VersionNotFound } from '../versions.errors.js';
import { VersionsService } from '../versions.service.js';
import type { UpdateVersion } from './version-status.dto.js';

/** What becomes of a version after it was published: its bytes stay, and every change can be taken back. */
@Injectable()
export class VersionStatusService {
  constructor(
    private readonly database: Database,
    private readonly access: PromptAccess,
    private readonly prompts: PromptsRepository,
    private readonly releases: ReleasesRepository,
    private readonly versions: VersionsService,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner, VersionNotFound */
  async update({ version, ...path }: VersionPath, change: UpdateVersion, me: Principal): Promise<VersionDetails> {
    assertSameIdentity({ name: [change.name, path.name], version: [change.version, version] });
    const { id } = await this.access.byPath(path.owner, path.name, me, 'own');
    await this.database.transaction(async () => {
      await this.prompts.lockLiving(id);
      const before = await this.releases.find(id, version);
      if (!before) throw VersionNotFound();
      const after = applyUpdate(before, change);
      await this.releases.setLife(id, version, after);
      await this.prompts.refreshLatestVersion(id);
      for (const { action, reason } of statusChanges(before, after)) {
        await this.audit.record(me, { action, subject: version, promptId: id, details: { reason } });
      }
    });
    return this.versions.get({ version, ...path }, me);
  }
}

function applyUpdate(before: ReleaseLife, { yanked, reason, deprecated }: UpdateVersion): ReleaseLife {
  const isYanked = yanked ?? before.yanked;
  return {
    yanked: isYanked,
    yankReason: isYanked ? (reason ?? before.yankReason) : null,
    deprecated: deprecated === undefined ? before.deprecated : deprecated,
  };
}

interface StatusChange {
  readonly action: AuditAction;
  readonly reason: string | null;
}

function statusChanges(before: ReleaseLife, after: ReleaseLife): StatusChange[] {
  const changes: StatusChange[] = [];
  const isYankChanged = before.yanked !== after.yanked || before.yankReason !== after.yankReason;
  if (isYankChanged)
    changes.push({ action: after.yanked ? 'version.yank' : 'version.unyank', reason: after.yankReason });
  if (before.deprecated !== after.deprecated) {
    const action = after.deprecated === null ? 'version.undeprecate' : 'version.deprecate';
    changes.push({ action, reason: after.deprecated });
  }
  return changes;
}
