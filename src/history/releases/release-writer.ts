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

/** Records versions as revisions. Its callers have locked the prompt's row in their transaction. */
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
   * Creates a revision from an uploaded package with `toDraft`. It becomes production if its version is the highest,
   * production still points to a release, and the label is not protected against the caller.
   */
  async fromPackage(
    prompt: Prompt,
    version: string,
    toDraft: (newest: Revision | null) => RevisionDraft,
    caller: Principal,
  ): Promise<void> {
    const newest = prompt.revisionCount === 0 ? null : await this.revisions.newest(prompt.id);
    const isChosen = newest !== null && (await this.isProductionChosen(prompt.id));
    const authorship = { caller, message: `Release ${version}` };
    const { revision } = await this.writer.append(prompt, newest, toDraft(newest), authorship);
    await this.releases.insert(prompt.id, { version, revision: revision.number });
    // The first revision has become production already.
    if (!newest || isChosen || (await this.releases.highest(prompt.id))?.version !== version) return;
    await this.mover.moveIfAllowed(prompt.id, production, revision.number, caller);
  }

  /** Notes that the running transaction publishes a version: the prompt's name is the prompt's for good. */
  async recordVersion(prompt: Prompt, version: string): Promise<void> {
    const { latestVersion = null } = prompt;
    if (latestVersion === null || compareVersions(version, latestVersion) > 0) prompt.latestVersion = version;
    prompt.updatedAt = new Date();
    if (latestVersion === null) await this.names.reserve(prompt);
  }

  /** Whether production points to a revision that is not a release. */
  private async isProductionChosen(promptId: string): Promise<boolean> {
    const pointer = await this.labels.pointer(promptId, production);
    return pointer !== undefined && !(await this.releases.isReleased(promptId, pointer.revision));
  }
}
