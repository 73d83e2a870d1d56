import type { VersionDetailsRecord, VersionRecord } from './version-reader.js';
import type { VersionDetails, VersionItem } from './versions.dto.js';

/** A version as `/v1` lists it. */
export function toVersionItem(version: VersionRecord): VersionItem {
  const { yanked, yankReason, deprecated } = version;
  return {
    id: version.id,
    prompt_id: version.promptId,
    version: version.version,
    tarball_url: version.objectKey,
    created_at: new Date(version.createdAt).toISOString(),
    sha256: version.sha256,
    size: version.size,
    ...(yanked ? { yanked: true as const, yank_reason: yankReason } : {}),
    ...(deprecated === null ? {} : { deprecated }),
  };
}

/** A version as `/v1` shows it, with what its package holds. */
export function toVersionDetails(version: VersionDetailsRecord): VersionDetails {
  const { manifest, readme, files, revision } = version;
  return { ...toVersionItem(version), manifest, readme: readme ?? null, files: [...files], revision };
}
