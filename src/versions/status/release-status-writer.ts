import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import type { AuditAction } from '../../auth/audit/audit-actions.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { Prompt } from '../../prompts/prompt.entity.js';
import { PromptRepository } from '../../prompts/prompt.repository.js';
import { Release } from '../../history/releases/release.entity.js';
import { ReleaseRepository, type ReleaseStatus } from '../../history/releases/release.repository.js';
import { VersionNotFound } from '../versions.errors.js';
import type { UpdateVersion } from './version-status.dto.js';

/** Changes the status of a version, with what follows from it for the prompt, under the prompt's lock. */
@Injectable()
export class ReleaseStatusWriter {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    @InjectRepository(Release) private readonly releases: ReleaseRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws PromptNotFound, VersionNotFound */
  async update(promptId: string, version: string, change: UpdateVersion, caller: Principal): Promise<void> {
    await this.em.transactional(async () => {
      const prompt = await this.prompts.lockActive(promptId);
      const release = await this.releases.byVersion(promptId, version);
      if (!release) throw VersionNotFound();
      const before = toStatus(release);
      const after = applyUpdate(before, change);
      this.releases.setStatus(release, after);
      await this.em.flush();
      prompt.latestVersion = await this.releases.highest(promptId);
      prompt.updatedAt = new Date();
      for (const { action, reason } of statusChanges(before, after)) {
        await this.audit.record(caller, { action, subject: version, promptId, details: { reason } });
      }
    });
  }
}

function toStatus({ yanked, yankReason = null, deprecated = null }: Release): ReleaseStatus {
  return { yanked, yankReason, deprecated };
}

function applyUpdate(before: ReleaseStatus, { yanked, reason, deprecated }: UpdateVersion): ReleaseStatus {
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

function statusChanges(before: ReleaseStatus, after: ReleaseStatus): StatusChange[] {
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
