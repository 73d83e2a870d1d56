import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../auth/access/principal.js';
import { DomainError } from '../common/errors/define-error.js';
import { Answer } from '../common/http/answer.js';
import { clientAddress } from '../common/http/client-address.js';
import { RunningTimeout } from '../common/running-timeout.js';
import { ServerConfig } from '../config/server.config.js';
import { VersionsConfig } from '../config/versions.config.js';
import { deprecationHeaders } from '../history/releases/deprecation.js';
import { ObjectStorage } from '../storage/object-storage.js';
import { DownloadLogger } from './download-logger.js';
import type { VersionPath } from './versions.dto.js';
import { DownloadUnavailable, VersionNotFound } from './versions.errors.js';
import { VersionReader } from './version-reader.js';

const downloadTimeoutMs = 2_000;

/** Downloads: a redirect to the object, recorded before it is answered. */
@Injectable()
export class DownloadsService {
  constructor(
    @Inject(ServerConfig.KEY) private readonly server: ServerConfig,
    @Inject(VersionsConfig.KEY) private readonly config: VersionsConfig,
    private readonly versions: VersionReader,
    private readonly storage: ObjectStorage,
    private readonly downloads: DownloadLogger,
  ) {}

  /** @throws PromptNotFound, VersionNotFound, DownloadUnavailable when database or signing fails or takes over 2 s */
  async download(path: VersionPath, caller: Caller, request: FastifyRequest): Promise<Answer> {
    const deadline = new Deadline(downloadTimeoutMs);
    try {
      return await deadline.race(this.redirect(path, caller, request, deadline));
    } catch (error) {
      if (error instanceof DomainError && error.definition.status < 500) throw error;
      throw DownloadUnavailable(undefined, { cause: error });
    } finally {
      deadline.clear();
    }
  }

  private async redirect(path: VersionPath, caller: Caller, request: FastifyRequest, deadline: Deadline) {
    const version = await this.find(path, caller);
    // If the request has timed out meanwhile, the download must not be counted.
    deadline.signal.throwIfAborted();
    const location = this.storage.downloadUrl(version.objectKey, {
      expiresIn: this.config.downloadUrlTtlSeconds,
      filename: `${version.promptName}-${path.version}.tar.gz`,
      contentType: 'application/gzip',
      baseUrl: this.server.publicUrl ?? `${request.protocol === 'https' ? 'https' : 'http'}://${request.host}`,
    });
    if (request.method !== 'HEAD') {
      const visitor = {
        userId: caller?.userId,
        address: clientAddress(request),
        agent: request.headers['user-agent'] ?? '',
      };
      await this.downloads.record({ ...version, visitor }, deadline.signal);
    }
    return new Answer(undefined, {
      status: 302,
      headers: { location, 'cache-control': 'no-store', ...deprecationHeaders(version.deprecation) },
    });
  }

  private async find(path: VersionPath, caller: Caller) {
    const { guarded, found } = await this.versions.findDownloadable(path, path.version, caller);
    if (!found) throw VersionNotFound();
    const { id, objectKey, deprecation } = found;
    return { versionId: id, promptId: guarded.promptId, objectKey, promptName: path.name, deprecation };
  }
}

/** A timeout with a signal for the work under it. Pauses of this process do not count. */
class Deadline {
  private readonly controller = new AbortController();
  private readonly timeout: RunningTimeout;
  readonly signal = this.controller.signal;

  constructor(ms: number) {
    this.timeout = new RunningTimeout(ms, () => this.controller.abort(new Error(`no answer within ${ms} ms`)));
  }

  race<T>(work: Promise<T>): Promise<T> {
    const expired = new Promise<never>((_resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason as Error), { once: true });
    });
    work.catch(() => undefined);
    return Promise.race([work, expired]);
  }

  clear(): void {
    this.timeout.clear();
  }
}
