import { z } from 'zod';
import { ApiError } from '../api/api-error.js';
import { Resolved, Version } from '../api/response-schemas.js';
import type { ApiClient } from '../api/api-client.js';
import { path } from '../api/path.js';
import { listVersions } from '../api/list-versions.js';
import { ExitCode, CliError } from '../cli-error.js';
import { highestVersion } from '../lock/highest-version.js';
import { ArchiveSize, type LockedPackage, Sha256, VersionNumber } from '../lock/lock-file.js';
import { splitPromptId } from '../lock/prompt-id.js';
import { requireVersionSpec, type VersionSpec } from '../lock/version-spec.js';

const spellingHint = '`promptyard search` finds prompts, and `promptyard versions owner/name` lists what is published.';

// Strict, because the digest becomes a file name of the cache, and the size limits a download.
const VersionDetails = Version.extend({
  sha256: Sha256,
  size: ArchiveSize,
  revision: z.int().positive(),
});

/** A version as the registry describes it. */
export interface Release extends Pick<LockedPackage, 'version' | 'sha256' | 'size' | 'revision' | 'digest'> {
  /** Why it should not be used any more. */
  readonly notices: readonly string[];
}

/** @throws CliError that names the version; not found if it is missing */
export function readRelease(api: ApiClient, id: string, version: string): Promise<Release> {
  const { owner, name } = splitPromptId(id);
  return withContext(`${id}@${version}`, async () => {
    const ThisVersion = VersionDetails.extend({ version: z.literal(version) });
    const [facts, resolved] = await Promise.all([
      api.get(ThisVersion, path`/v1/prompts/${owner}/${name}/versions/${version}`),
      api.get(Resolved, path`/v1/prompts/${owner}/${name}/resolve`, { version }),
    ]);
    const { sha256, size, revision, yanked, yank_reason: reason, deprecated } = facts;
    const notices = [
      ...(yanked ? [reason == null ? 'yanked' : `yanked: ${reason}`] : []),
      ...(deprecated == null ? [] : [`deprecated: ${deprecated}`]),
    ];
    return { version, sha256, size, revision, digest: resolved.digest, notices };
  });
}

/** Lists of versions that the command has already read, so that each is read once. */
export class VersionLists {
  private readonly lists = new Map<string, Promise<Version[]>>();

  of(api: ApiClient, id: string): Promise<Version[]> {
    const known = this.lists.get(id) ?? readVersions(api, id);
    this.lists.set(id, known);
    return known;
  }
}

/** All versions of a package, newest first. Invalid version numbers are left out. */
export async function readVersions(api: ApiClient, id: string): Promise<Version[]> {
  const versions = await withContext(id, () => listVersions(api, splitPromptId(id)));
  return versions.filter(({ version }) => VersionNumber.safeParse(version).success);
}

/** The version that satisfies the specifier now. @throws CliError, not found if there is none */
export async function findVersion(api: ApiClient, lists: VersionLists, id: string, wanted: string): Promise<string> {
  const spec = requireVersionSpec(id, wanted);
  const found = spec.kind === 'version' ? spec.version : await selectVersion(api, id, spec, await lists.of(api, id));
  if (found !== undefined) return found;
  throw new CliError(`no version of ${id} is ${wanted}`, {
    code: 'NOT_FOUND',
    exitCode: ExitCode.notFound,
    hint: `\`promptyard versions ${id}\` lists all versions. Ranges skip yanked versions. A label works only if its revision was released.`,
  });
}

/** The version that satisfies the specifier; undefined if there is none. */
export async function selectVersion(
  api: ApiClient,
  id: string,
  spec: VersionSpec,
  versions: readonly Version[],
): Promise<string | undefined> {
  switch (spec.kind) {
    case 'version':
      return spec.version;
    case 'range':
      return highestVersion(versions, spec.range)?.version;
    case 'label':
      return versionOfLabel(api, id, spec.label, versions);
  }
}

/** The newest version with the label's revision. Labels mostly point to one of the last versions. */
async function versionOfLabel(
  api: ApiClient,
  id: string,
  label: string,
  versions: readonly Version[],
): Promise<string | undefined> {
  const { owner, name } = splitPromptId(id);
  const { number } = await withContext(`${id}@${label}`, () =>
    api.get(Resolved, path`/v1/prompts/${owner}/${name}/resolve`, { label }),
  );
  for (const { version } of versions) {
    const { revision } = await api.get(VersionDetails, path`/v1/prompts/${owner}/${name}/versions/${version}`);
    if (revision === number) return version;
  }
  return undefined;
}

/** Adds the name of the package to errors of the server. */
export async function withContext<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { code, exitCode, details } = error;
    const hint = error.hint ?? (error.status === 404 ? spellingHint : undefined);
    throw new CliError(`${what}: ${error.message}`, { code, hint, exitCode, details, cause: error });
  }
}
