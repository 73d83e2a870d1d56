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
import { type DownloadableVersion, type Found, VersionReader } from './version-reader.js';

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
  download(path: VersionPath, caller: Caller, request: FastifyRequest): Promise<Answer> {
    return inTime(async (deadline) => {
      const version = await this.versions.findDownloadable(path, path.version, caller);
      return this.redirect({ path, version }, request, deadline);
    });
  }

  /** The same for a version that was found earlier, while that is current. */
  private downloadAgain(download: FoundDownload, request: FastifyRequest): Promise<Answer> | undefined {
    if (!this.versions.isCurrentFor(download.version, request.caller)) return undefined;
    return inTime((deadline) => this.redirect(download, request, deadline));
  }

  private async redirect(download: FoundDownload, request: FastifyRequest, deadline: Deadline): Promise<Answer> {
    const { path, version } = download;
    const { guarded, found } = version;
    if (!found) throw VersionNotFound();
    // If the request has timed out meanwhile, the download must not be counted.
    deadline.signal.throwIfAborted();
    const location = this.storage.downloadUrl(found.objectKey, {
      expiresIn: this.config.downloadUrlTtlSeconds,
      filename: `${path.name}-${path.version}.tar.gz`,
      contentType: 'application/gzip',
      baseUrl: this.server.publicUrl ?? `${request.protocol === 'https' ? 'https' : 'http'}://${request.host}`,
    });
    if (request.method !== 'HEAD') {
      const visitor = {
        userId: request.caller?.userId,
        address: clientAddress(request),
        agent: request.headers['user-agent'] ?? '',
      };
      await this.downloads.record({ versionId: found.id, promptId: guarded.promptId, visitor }, deadline.signal);
    }
    return new Answer(undefined, {
      status: 302,
      headers: { location, 'cache-control': 'no-store', ...deprecationHeaders(found.deprecation) },
      // What was not cached when it was read cannot be repeated.
      ...(this.versions.isCurrentFor(version, request.caller)
        ? { repeat: (next: FastifyRequest) => this.downloadAgain(download, next) }
        : {}),
    });
  }
}

interface FoundDownload {
  readonly path: VersionPath;
  readonly version: Found<DownloadableVersion | undefined>;
}

/** Fails after a time with the signal of the work. @throws DownloadUnavailable for everything that is not the client's mistake */
async function inTime(work: (deadline: Deadline) => Promise<Answer>): Promise<Answer> {
  const deadline = new Deadline(downloadTimeoutMs);
  try {
    return await deadline.race(work(deadline));
  } catch (error) {
    if (error instanceof DomainError && error.definition.status < 500) throw error;
    throw DownloadUnavailable(undefined, { cause: error });
  } finally {
    deadline.clear();
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
