import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { production } from '../labels/label-name.js';
import { LabelMover } from '../labels/label-mover.js';
import { Label } from '../labels/label.entity.js';
import { LabelRepository } from '../labels/label.repository.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import { PublishedName } from '../../prompts/published-name.entity.js';
import { PublishedNameRepository } from '../../prompts/published-name.repository.js';
import type { Revision } from '../revisions/revision.entity.js';
import type { RevisionDraft } from '../revisions/revision-draft.js';
import { RevisionWriter } from '../revisions/revision-writer.js';
import { RevisionsRepository } from '../revisions/revisions.repository.js';
import { ReleasesRepository } from './releases.repository.js';
import { compareVersions } from '../../prompts/version-number.js';

/** Makes versions and revisions one history. Its callers hold the prompt's row in their transaction. */
@Injectable()
export class ReleaseWriter {
  constructor(
    private readonly revisions: RevisionsRepository,
    private readonly writer: RevisionWriter,
    private readonly releases: ReleasesRepository,
    @InjectRepository(Label) private readonly labels: LabelRepository,
    private readonly mover: LabelMover,
    @InjectRepository(PublishedName) private readonly names: PublishedNameRepository,
  ) {}

  /**
   * An uploaded package becomes a revision, made from the newest one by `toDraft`. It becomes production if its version
   * is the highest, nobody has chosen another revision than a release, and the label is not protected against the caller.
   */
  async fromPackage(
    prompt: Prompt,
    version: string,
    toDraft: (newest: Revision | null) => RevisionDraft,
    me: Principal,
  ): Promise<void> {
    const newest = prompt.revisionCount === 0 ? null : await this.revisions.newest(prompt.id);
    const isChosen = newest !== null && (await this.isChosen(prompt.id));
    const by = { me, message: `Release ${version}` };
    const { revision } = await this.writer.append(prompt, newest, toDraft(newest), by);
    await this.releases.insert(prompt.id, { version, revision: revision.number });
    // Of the first revision that has been decided already.
    if (!newest || isChosen || (await this.releases.highest(prompt.id))?.version !== version) return;
    await this.mover.moveIfAllowed(prompt.id, production, revision.number, me);
  }

  /** Notes that the running transaction publishes a version: the prompt's name is the prompt's for good. */
  async recordVersion(prompt: Prompt, version: string): Promise<void> {
    const { latestVersion = null } = prompt;
    if (latestVersion === null || compareVersions(version, latestVersion) > 0) prompt.latestVersion = version;
    prompt.updatedAt = new Date();
    if (latestVersion === null) await this.names.reserve(prompt);
  }

  /** Whether production is a revision that somebody has chosen, and no release. */
  private async isChosen(promptId: string): Promise<boolean> {
    const pointer = await this.labels.pointer(promptId, production);
    return pointer !== undefined && !(await this.releases.isReleased(promptId, pointer.revision));
  }
}
