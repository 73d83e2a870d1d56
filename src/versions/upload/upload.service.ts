import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Principal } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import type { ErrorDetails } from '../../common/errors/define-error.js';
import { expectsContinue } from '../../common/http/body-parsers.js';
import { VersionsConfig } from '../../config/versions.config.js';
import { PromptAccess } from '../../prompts/prompt-access.js';
import { PromptName } from '../../prompts/prompts.dto.js';
import { PromptNotFound } from '../../prompts/prompts.errors.js';
import { type PromptRecord, PromptsRepository } from '../../prompts/prompts.repository.js';
import { InvalidPackage } from '../package/invalid-package.js';
import { readPackage } from '../package/read-package.js';
import { VersionNumber } from '../version-number.js';
import type { VersionItem } from '../versions.dto.js';
import { VersionExists } from '../versions.errors.js';
import { VersionsRepository } from '../versions.repository.js';
import { Publisher } from './publisher.js';
import { largestTarballBytes, receiveForm, type UploadForm } from './receive-form.js';
import { type SpooledFile, spoolToFile } from './spooled-file.js';
import { Turnstile } from './turnstile.js';

const abandonedAfterMs = 60 * 60 * 1000;

/** Uploads: from a multipart form to a version. */
@Injectable()
export class UploadService implements OnApplicationBootstrap {
  private readonly arrivals: Turnstile;
  private readonly readings: Turnstile;

  constructor(
    @Inject(VersionsConfig.KEY) private readonly config: VersionsConfig,
    private readonly access: PromptAccess,
    private readonly prompts: PromptsRepository,
    private readonly versions: VersionsRepository,
    private readonly publisher: Publisher,
  ) {
    this.arrivals = new Turnstile(config.uploadQueueLimit + config.uploadsAtOnce, 0);
    this.readings = new Turnstile(config.uploadsAtOnce, config.uploadQueueLimit);
  }

  /** Removes what uploads of dead processes left in the temporary folder. */
  async onApplicationBootstrap(): Promise<void> {
    const folder = this.config.temporaryDirectory;
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (name.endsWith('.part') && Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { force: true });
    }
  }

  /** Who may not is told so before the body is read. */
  async upload(promptId: string, me: Principal, request: FastifyRequest, reply: FastifyReply): Promise<VersionItem> {
    const prompt = await this.access.byId(promptId, me, 'own');
    if (!PromptName.safeParse(prompt.name).success) {
      throw ValidationFailed({ tarball: 'this prompt’s name is no slug, so it cannot have packages' });
    }
    return this.arrivals.pass(async () => {
      const form: UploadForm = { versions: [], tarballs: [], tarballTexts: 0 };
      try {
        if (expectsContinue(request)) reply.raw.writeContinue();
        await receiveForm(request.raw, (file, signal) => this.spool(file, signal, form), form);
        return await this.publish(prompt, me, form);
      } finally {
        await Promise.all(form.tarballs.map((tarball) => tarball.remove()));
      }
    });
  }

  private async spool(file: Parameters<typeof spoolToFile>[0], signal: AbortSignal, form: UploadForm) {
    const folder = this.config.temporaryDirectory;
    form.tarballs.push(await spoolToFile(file, { folder, largestBytes: largestTarballBytes, signal }));
  }

  private async publish(prompt: PromptRecord, me: Principal, form: UploadForm): Promise<VersionItem> {
    const version = versionOf(form);
    const assertFree = () => this.assertFree(prompt.id, version);
    await assertFree();
    const tarball = tarballOf(form);
    const contents = await this.readings.pass(() => this.read(tarball, { name: prompt.name, version }));
    return this.publisher.publish({
      promptId: prompt.id,
      ownerId: prompt.owner_id,
      promptName: prompt.name,
      version,
      publishedBy: me.userId,
      contents,
      bytes: tarball,
      assertFree,
      prepare: async () => {
        const current = await this.prompts.lock(prompt.id);
        if (!current || current.deletedAt) throw PromptNotFound();
        await this.prompts.recordVersion({ id: prompt.id, ownerId: prompt.owner_id, name: prompt.name }, version);
      },
    });
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
