import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { FairSemaphore } from '../../common/fair-semaphore.js';
import { expectsContinue } from '../../common/http/bodies/body-parsers.js';
import { DatabaseConfig } from '../../config/database.config.js';
import { VersionsConfig } from '../../config/versions.config.js';
import { maxTarballBytes, receiveForm, type UploadForm } from './receive-form.js';
import type { SpooledFile } from './spooled-file.js';
import { TemporaryFileStore } from './temporary-file-store.js';
import { UploadPermit } from './upload-permit.js';

/** Connections to the database that uploads leave to other requests. */
const connectionsOfOthers = 2;

/** A request that uploads, and the account that it comes from. */
export interface UploadRequest {
  readonly accountId: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly disconnected: AbortSignal;
}

/**
 * Receives and checks uploads, as many at once as the machine can take. Accounts share its permits in turns, so that
 * one that uploads much does not keep the others waiting; a plain limit on concurrency would serve it first.
 */
@Injectable()
export class UploadReceiver {
  private readonly queue: FairSemaphore;
  private readonly checks: FairSemaphore;
  /** Uploads of one prompt wait for its row, each with a connection to the database; the others would get none. */
  private readonly publications: FairSemaphore;

  constructor(
    @Inject(VersionsConfig.KEY) config: VersionsConfig,
    @Inject(DatabaseConfig.KEY) { poolSize }: DatabaseConfig,
    private readonly temporaryFiles: TemporaryFileStore,
  ) {
    const { uploadQueueLimit: maxWaiting, uploadsAtOnce } = config;
    this.queue = new FairSemaphore({ permits: maxWaiting + uploadsAtOnce, maxWaiting, isProportional: true });
    this.checks = new FairSemaphore({ permits: uploadsAtOnce, maxWaiting });
    const permits = Math.max(1, poolSize - connectionsOfOthers);
    this.publications = new FairSemaphore({ permits, maxWaiting: maxWaiting + uploadsAtOnce });
  }

  /** Reads the form and hands it on; its files are there until what it was handed to is done. */
  async receive<T>(upload: UploadRequest, use: (form: UploadForm) => Promise<T>): Promise<T> {
    const { accountId, request, reply, disconnected } = upload;
    const permit = new UploadPermit(this.queue, accountId, disconnected);
    const form: UploadForm = { versions: [], tarballs: [], tarballTexts: 0 };
    try {
      await permit.acquire();
      if (expectsContinue(request)) reply.raw.writeContinue();
      await receiveForm(request.raw, permit, (file, signal) => this.spool(file, signal, form), form);
      return await this.publications.run(accountId, () => use(form));
    } finally {
      permit.end();
      await Promise.all(form.tarballs.map((tarball) => tarball.remove()));
    }
  }

  /** Reads the package in the tarball. @throws ValidationFailed */
  read(
    accountId: string,
    tarball: SpooledFile,
    expected: { readonly name: string; readonly version: string },
  ): Promise<PackageContents> {
    return this.checks.run(accountId, async () => {
      // Loaded at first use, because most processes publish nothing for a long time.
      const { readPackage } = await import('@promptyard/package-format/read-package.js');
      try {
        return await readPackage(tarball.open(), expected);
      } catch (error) {
        throw error instanceof InvalidPackage ? ValidationFailed({ tarball: error.reason }) : error;
      }
    });
  }

  private async spool(file: Readable, signal: AbortSignal, form: UploadForm): Promise<void> {
    form.tarballs.push(await this.temporaryFiles.spool(file, { maxBytes: maxTarballBytes, signal }));
  }
}
