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
      const download = { path, version, signed: undefined };
      const { body, options } = await this.redirect(download, request, deadline);
      // What was not cached when it was read cannot be repeated.
      if (!this.versions.isCurrentFor(version, caller)) return new Answer(body, options);
      return new Answer(body, { ...options, repeat: (next) => this.downloadAgain(download, next) });
    });
  }

  /** The same for a version that was found earlier, while that is current. */
  private downloadAgain(download: FoundDownload, request: FastifyRequest): Promise<Answer> | undefined {
    if (!this.versions.isCurrentFor(download.version, request.caller)) return undefined;
    return inTime((deadline) => this.redirect(download, request, deadline));
  }

  private async redirect(download: FoundDownload, request: FastifyRequest, deadline: Deadline): Promise<Answer> {
    const { guarded, found } = download.version;
    if (!found) throw VersionNotFound();
    // If the request has timed out meanwhile, the download must not be counted.
    deadline.signal.throwIfAborted();
    const location = this.locationOf(found, download, request);
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
    });
  }

  /** Addresses are signed for whole seconds, so that one that was signed in this second is as good as a new one. */
  private locationOf({ objectKey }: DownloadableVersion, download: FoundDownload, request: FastifyRequest): string {
    const { path, signed } = download;
    const baseUrl = this.server.publicUrl ?? `${request.protocol === 'https' ? 'https' : 'http'}://${request.host}`;
    const second = Math.floor(Date.now() / 1000);
    if (signed?.second === second && signed.baseUrl === baseUrl) return signed.location;
    const location = this.storage.downloadUrl(objectKey, {
      expiresIn: this.config.downloadUrlTtlSeconds,
      filename: `${path.name}-${path.version}.tar.gz`,
      contentType: 'application/gzip',
      baseUrl,
    });
    download.signed = { second, baseUrl, location };
    return location;
  }
}

interface FoundDownload {
  readonly path: VersionPath;
  readonly version: Found<DownloadableVersion | undefined>;
  signed: { readonly second: number; readonly baseUrl: string; readonly location: string } | undefined;
}

/**
 * Limits the time of the work.
 * @throws DownloadUnavailable for every error but those that tell the client's mistake
 */
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
  private readonly expired = Promise.withResolvers<never>();
  private readonly timeout: RunningTimeout;
  readonly signal = this.controller.signal;

  constructor(ms: number) {
    this.timeout = new RunningTimeout(ms, () => {
      const reason = new Error(`no answer within ${ms} ms`);
      this.controller.abort(reason);
      this.expired.reject(reason);
    });
  }

  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.expired.promise]);
  }

  clear(): void {
    this.timeout.clear();
  }
}
