import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { LabelMover } from '../pointers/label-mover.js';
import { production } from '../pointers/label-name.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import { PublishedName } from '../../prompts/names/published-name.entity.js';
import { PublishedNameRepository } from '../../prompts/names/published-name.repository.js';
import type { RevisionDraft } from '../revisions/revision-draft.js';
import { RevisionWriter } from '../revisions/revision-writer.js';
import type { StoredRevision } from '../revisions/revision.entity.js';
import type { PackageHistory } from '../state/prompt-history-reader.js';
import { Release } from './release.entity.js';
import { ReleaseRepository } from './release.repository.js';
import { compareVersions } from '../../prompts/version-number.js';

/** Makes versions and revisions one history. Its callers hold the prompt's lock in their transaction. */
@Injectable()
export class ReleaseWriter {
  constructor(
    private readonly writer: RevisionWriter,
    @InjectRepository(Release) private readonly releases: ReleaseRepository,
    private readonly mover: LabelMover,
    @InjectRepository(PublishedName) private readonly names: PublishedNameRepository,
  ) {}

  /**
   * An uploaded package becomes a revision, made from the newest one by `toDraft`. It becomes production if its version
   * is the highest, no user has chosen another revision than a release, and the label is not protected against the caller.
   */
  async fromPackage(
    prompt: Prompt,
    version: string,
    history: PackageHistory,
    toDraft: (newest: StoredRevision | null) => RevisionDraft,
    caller: Principal,
  ): Promise<void> {
    await this.publish(prompt, version);
    const { newest, isProductionChosen, production: state } = history;
    const authorship = { caller, message: `Release ${version}` };
    const { revision } = await this.writer.append(prompt, history, toDraft(newest), authorship);
    this.releases.add(prompt.id, version, revision.number);
    // The first revision has become production already.
    if (!newest || isProductionChosen || prompt.latestVersion !== version) return;
    await this.mover.moveIfAllowed(prompt.id, production, revision.number, caller, state);
  }

  /** A revision that is there becomes a version. */
  async fromRevision(prompt: Prompt, version: string, revision: number): Promise<void> {
    this.releases.add(prompt.id, version, revision);
    await this.publish(prompt, version);
  }

  /** From its first version on, the name is the prompt's for good. */
  private async publish(prompt: Prompt, version: string): Promise<void> {
    const { latestVersion = null } = prompt;
    if (latestVersion === null || compareVersions(version, latestVersion) > 0) prompt.latestVersion = version;
    prompt.updatedAt = new Date();
    if (latestVersion === null) await this.names.reserve(prompt);
  }
}
