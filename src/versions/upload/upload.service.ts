import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { PromptAccessService } from '../../prompts/prompt-access.service.js';
import { PromptName } from '../../prompts/prompts.dto.js';
import type { PromptRecord } from '../../prompts/prompt.repository.js';
import type { ContractFinding } from '../contract/contract-checker.js';
import { variablesOf } from '../publish/draft-of-package.js';
import { VersionRecorder } from '../publish/version-recorder.js';
import { Version } from '../version.entity.js';
import { VersionRepository } from '../version.repository.js';
import type { UploadedVersion } from '../versions.dto.js';
import { VersionExists } from '../versions.errors.js';
import { toVersionItem } from '../versions.mapper.js';
import type { UploadForm } from './receive-form.js';
import { tarballOf, versionOf } from './upload-fields.js';
import { UploadReceiver, type UploadRequest } from './upload-receiver.js';
import { VersionPublisher } from '../publish/version-publisher.js';

/** Uploads: from a multipart form to a version. */
@Injectable()
export class UploadService {
  constructor(
    private readonly access: PromptAccessService,
    private readonly receiver: UploadReceiver,
    @InjectRepository(Version) private readonly versions: VersionRepository,
    private readonly recorder: VersionRecorder,
    private readonly publisher: VersionPublisher,
  ) {}

  /** A caller without the right to upload is refused before the body is read. */
  async upload(
    promptId: string,
    caller: Principal,
    request: Omit<UploadRequest, 'accountId'>,
  ): Promise<UploadedVersion> {
    const prompt = await this.access.byId(promptId, caller, 'own');
    if (!PromptName.safeParse(prompt.name).success) {
      throw ValidationFailed({ tarball: 'this prompt’s name is no slug, so it cannot have packages' });
    }
    return this.receiver.receive({ accountId: caller.userId, ...request }, (form) =>
      this.publish(prompt, caller, form),
    );
  }

  private async publish(prompt: PromptRecord, caller: Principal, form: UploadForm): Promise<UploadedVersion> {
    const version = versionOf(form);
    const assertFree = () => this.assertFree(prompt.id, version);
    await assertFree();
    const tarball = tarballOf(form);
    const contents = await this.receiver.read(caller.userId, tarball, { name: prompt.name, version });
    const newVersion = { promptId: prompt.id, version, contents, bytes: tarball, caller };
    if (prompt.enforceVariableContract) {
      await this.recorder.assertContract(prompt.id, version, variablesOf(contents));
    }
    let finding: ContractFinding | undefined;
    const published = await this.publisher.publish({
      ...newVersion,
      ownerId: prompt.ownerId,
      promptName: prompt.name,
      publishedBy: caller.userId,
      assertFree,
      prepare: async (locked) => {
        finding = await this.recorder.recordPackage(newVersion, locked);
      },
    });
    const item = toVersionItem(published);
    return finding ? { ...item, warnings: finding.warnings } : item;
  }

  private async assertFree(promptId: string, version: string): Promise<void> {
    const sha256 = await this.versions.digestOf(promptId, version);
    if (sha256) throw VersionExists({ version, sha256 });
  }
}
