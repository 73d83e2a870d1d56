import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { PackageSource } from '@promptyard/package-format/build-package.js';
import type { Principal } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { PromptAccessService } from '../../prompts/prompt-access.service.js';
import { PromptName } from '../../prompts/prompts.dto.js';
import { toRevisionNumber } from '../../history/revisions/revision-number.js';
import { Revision } from '../../history/revisions/revision.entity.js';
import type { RevisionPath } from '../../history/revisions/revisions.dto.js';
import { RevisionNotFound } from '../../history/revisions/revisions.errors.js';
import { RevisionRepository } from '../../history/revisions/revision.repository.js';
import { VersionPublisher } from '../publish/version-publisher.js';
import { Version } from '../version.entity.js';
import { VersionRepository } from '../version.repository.js';
import { VersionExists } from '../versions.errors.js';
import { toVersionItem } from '../versions.mapper.js';
import { pack } from '../publish/pack.js';
import type { ReleasedVersion, ReleaseRevision } from './release.dto.js';
import { VersionRecorder } from '../publish/version-recorder.js';

/** Releases a revision as a version: the same package for the same revision, stored like an upload. */
@Injectable()
export class ReleaseService {
  constructor(
    private readonly access: PromptAccessService,
    @InjectRepository(Revision) private readonly revisions: RevisionRepository,
    @InjectRepository(Version) private readonly versions: VersionRepository,
    private readonly recorder: VersionRecorder,
    private readonly publisher: VersionPublisher,
  ) {}

  /** @throws RevisionNotFound, VersionExists; ValidationFailed for a broken contract */
  async release(
    { owner, name, number }: RevisionPath,
    { version }: ReleaseRevision,
    allowBreaking: boolean,
    caller: Principal,
  ): Promise<ReleasedVersion> {
    const prompt = await this.access.byPath(owner, name, caller, 'own');
    if (!PromptName.safeParse(prompt.name).success) {
      throw ValidationFailed({ version: 'this prompt’s name is no slug, so it cannot have packages' });
    }
    const revision = await this.revisions.byNumber(prompt.id, toRevisionNumber(number));
    if (!revision) throw RevisionNotFound();
    const assertFree = async () => {
      const sha256 = await this.versions.digestOf(prompt.id, version);
      if (sha256) throw VersionExists({ version, sha256 });
    };
    await assertFree();
    if (!allowBreaking) await this.recorder.assertContract(prompt.id, version, revision.variables);
    const packed = await pack(toSource(prompt.name, version, revision));
    const newVersion = { promptId: prompt.id, version, caller, ...packed };
    const published = await this.publisher.publish({
      ...newVersion,
      ownerId: prompt.ownerId,
      promptName: prompt.name,
      publishedBy: caller.userId,
      assertFree,
      prepare: (locked) => this.recorder.recordRevision(newVersion, locked, revision.number, allowBreaking),
    });
    return { ...toVersionItem(published), revision: revision.number };
  }
}

function toSource(name: string, version: string, revision: Revision): PackageSource {
  const { description, variables, declaredVariables, tags, syntax, content, packaging } = revision;
  return {
    name,
    version,
    description: description ?? null,
    author: packaging?.author ?? null,
    inputs: variables.slice(0, declaredVariables),
    tags,
    syntax,
    extra: packaging?.extra ?? {},
    template: content,
    readme: packaging?.readme ?? null,
  };
}
