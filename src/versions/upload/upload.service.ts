import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { Principal } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import type { ErrorDetails } from '../../common/errors/define-error.js';
import { FairSemaphore } from '../../common/fair-semaphore.js';
import { expectsContinue } from '../../common/http/bodies/body-parsers.js';
import { VersionsConfig } from '../../config/versions.config.js';
import { PromptAccess } from '../../prompts/prompt-access.js';
import { PromptName } from '../../prompts/prompts.dto.js';
import type { PromptRecord } from '../../prompts/prompts.repository.js';
import { InvalidPackage } from '../package/invalid-package.js';
import type { PackageContents } from '../package/package-contents.js';
import { readPackage } from '../package/read-package.js';
import { VersionNumber } from '../../prompts/releases/version-number.js';
import { ContractChecker, type ContractFinding } from '../contract/contract-checker.js';
import { variablesOf } from '../release/draft-of-package.js';
import { VersionRecorder } from '../release/version-recorder.js';
import type { UploadedVersion } from '../versions.dto.js';
import { VersionExists } from '../versions.errors.js';
import { VersionsRepository } from '../versions.repository.js';
import { VersionPublisher } from './version-publisher.js';
import { maxTarballBytes, receiveForm, type UploadForm } from './receive-form.js';
import type { SpooledFile } from './spooled-file.js';
import { TemporaryFileStore } from './temporary-file-store.js';
import { UploadPermit } from './upload-permit.js';

/** Uploads: from a multipart form to a version. */
@Injectable()
export class UploadService {
  private readonly queue: FairSemaphore;
  private readonly checks: FairSemaphore;

  constructor(
    @Inject(VersionsConfig.KEY) config: VersionsConfig,
    private readonly temporaryFiles: TemporaryFileStore,
    private readonly access: PromptAccess,
    private readonly versions: VersionsRepository,
    private readonly publisher: VersionPublisher,
    private readonly contract: ContractChecker,
    private readonly recorder: VersionRecorder,
  ) {
    const { uploadQueueLimit: maxWaiting, uploadsAtOnce } = config;
    this.queue = new FairSemaphore({ permits: maxWaiting + uploadsAtOnce, maxWaiting, leavesRoom: true });
    this.checks = new FairSemaphore({ permits: uploadsAtOnce, maxWaiting });
  }

  /** Who may not is told so before the body is read. */
  async upload(
    promptId: string,
    me: Principal,
    request: FastifyRequest,
    reply: FastifyReply,
    disconnected: AbortSignal,
  ): Promise<UploadedVersion> {
    const prompt = await this.access.byId(promptId, me, 'own');
    if (!PromptName.safeParse(prompt.name).success) {
      throw ValidationFailed({ tarball: 'this prompt’s name is no slug, so it cannot have packages' });
    }
    const permit = new UploadPermit(this.queue, me.userId, disconnected);
    const form: UploadForm = { versions: [], tarballs: [], tarballTexts: 0 };
    try {
      await permit.acquire();
      if (expectsContinue(request)) reply.raw.writeContinue();
      await receiveForm(request.raw, permit, (file, signal) => this.spool(file, signal, form), form);
      return await this.publish(prompt, me, form);
    } finally {
      permit.end();
      await Promise.all(form.tarballs.map((tarball) => tarball.remove()));
    }
  }

  private async spool(file: Readable, signal: AbortSignal, form: UploadForm) {
    form.tarballs.push(await this.temporaryFiles.spool(file, { maxBytes: maxTarballBytes, signal }));
  }

  private async publish(prompt: PromptRecord, me: Principal, form: UploadForm): Promise<UploadedVersion> {
    const version = versionOf(form);
    const assertFree = () => this.assertFree(prompt.id, version);
    await assertFree();
    const tarball = tarballOf(form);
    const contents = await this.checks.run(me.userId, () => this.read(tarball, { name: prompt.name, version }));
    const newVersion = { promptId: prompt.id, version, contents, bytes: tarball, me };
    if (prompt.enforce_variable_contract) await this.assertContract(prompt.id, version, contents);
    let finding: ContractFinding | undefined;
    const item = await this.publisher.publish({
      ...newVersion,
      ownerId: prompt.owner_id,
      promptName: prompt.name,
      publishedBy: me.userId,
      assertFree,
      prepare: async () => {
        finding = await this.recorder.recordPackage(newVersion);
      },
    });
    return finding ? { ...item, warnings: finding.warnings } : item;
  }

  /** Early, to store nothing in vain; it is asked under the lock, too, when the previous version may be another one. */
  private async assertContract(promptId: string, version: string, contents: PackageContents): Promise<void> {
    const finding = await this.contract.check(promptId, version, variablesOf(contents));
    if (finding) throw finding.toError();
  }

  private async assertFree(promptId: string, version: string): Promise<void> {
    const sha256 = await this.versions.digestOf(promptId, version);
    if (sha256) throw VersionExists({ version, sha256 });
  }

  private async read(tarball: SpooledFile, expected: { name: string; version: string }) {
    try {
      return await readPackage(tarball.open(), expected);
    } catch (error) {
      throw error instanceof InvalidPackage ? ValidationFailed({ tarball: error.reason }) : error;
    }
  }
}

/** @throws ValidationFailed saying also when the tarball is missing or twice, but nothing else */
function versionOf(form: UploadForm): string {
  const [version, ...more] = form.versions;
  const result = VersionNumber.safeParse(version);
  const problem = more.length > 0 ? 'must be given once' : problemOf(version, result.error?.issues[0]?.message);
  if (problem === undefined && result.success) return result.data;
  const details: ErrorDetails = { version: problem };
  const tarball = countProblem(form);
  if (tarball) details.tarball = tarball;
  throw ValidationFailed(details);
}

function problemOf(version: string | undefined, issue: string | undefined): string | undefined {
  return version === undefined ? 'is required' : issue;
}

function tarballOf(form: UploadForm): SpooledFile {
  const [tarball] = form.tarballs;
  const problem = countProblem(form) ?? (tarball?.size === 0 ? 'is empty' : undefined);
  if (problem !== undefined || !tarball) throw ValidationFailed({ tarball: problem });
  return tarball;
}

function countProblem({ tarballs, tarballTexts }: UploadForm): string | undefined {
  if (tarballs.length + tarballTexts > 1) return 'must be given once';
  if (tarballTexts === 1) return 'must be a file';
  return tarballs.length === 0 ? 'is required' : undefined;
}
