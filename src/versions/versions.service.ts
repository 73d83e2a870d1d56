import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/access/principal.js';
import { type Answer, repeatable, serializedAnswer } from '../common/http/answer.js';
import { readCursor, writeCursor } from './version-cursor.js';
import type { PromptPath, VersionDetails, VersionList, VersionPage, VersionPath } from './versions.dto.js';
import { VersionNotFound } from './versions.errors.js';
import { type ListedVersion, VersionReader } from './version-reader.js';
import { toVersionDetails, toVersionItem } from './versions.mapper.js';

const pageSize = 1000;

/** Reads versions. */
@Injectable()
export class VersionsService {
  constructor(private readonly versions: VersionReader) {}

  /** Newest first, 1000 a page. @throws PromptNotFound */
  async list(path: PromptPath, { cursor }: VersionPage, caller: Caller): Promise<Answer<Buffer>> {
    const from = cursor === undefined ? undefined : readCursor(cursor);
    const request = { limit: pageSize + 1, cursor: from };
    const page = await this.versions.page(path, caller, request, (versions) => writePage(versions, path));
    const canRepeat = (next: Caller) => this.versions.isCurrentFor(page, next);
    // What was not cached when it was read cannot be repeated.
    return canRepeat(caller) ? repeatable(page.found, ({ caller: next }) => canRepeat(next)) : page.found;
  }

  /** @throws PromptNotFound, VersionNotFound */
  async get({ version, ...path }: VersionPath, caller: Caller): Promise<VersionDetails> {
    const { found } = await this.versions.find(path, version, caller);
    if (!found) throw VersionNotFound();
    return toVersionDetails(found);
  }
}

function writePage(rows: readonly ListedVersion[], path: PromptPath): Answer<Buffer> {
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  const body: VersionList = { items: shown.map(toVersionItem) };
  if (rows.length <= pageSize || !last) return serializedAnswer(body);
  const segments = [path.owner, path.name].map(encodeURIComponent).join('/');
  const link = `</v1/prompts/${segments}/versions?cursor=${writeCursor(last)}>; rel="next"`;
  return serializedAnswer(body, { headers: { link } });
}
