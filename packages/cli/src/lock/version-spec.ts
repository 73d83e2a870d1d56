import { satisfies, validRange } from 'semver';
import { usageError } from '../cli-error.js';

/** A specifier for the version of a package. */
export type VersionSpec =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'label'; readonly label: string };

const versionPattern = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
const labelPattern = /^[a-z][a-z0-9_.-]{0,35}$/;
const numberPattern = /^\d+$/;

export const versionSpecHint = 'Write a version (1.2.3), a range (^1.2, 1.x) or a label (production).';

/**
 * Parses a version specifier; undefined if it is invalid. `latest` is the highest version, because the newest revision
 * may have no version. A number alone is invalid, because elsewhere it is a revision.
 */
export function parseVersionSpec(text: string): VersionSpec | undefined {
  if (text === 'latest') return { kind: 'range', range: '*' };
  if (versionPattern.test(text)) return { kind: 'version', version: text };
  if (labelPattern.test(text)) return { kind: 'label', label: text };
  if (numberPattern.test(text) || text.trim() === '' || validRange(text) === null) return undefined;
  return { kind: 'range', range: text };
}

/** Like parseVersionSpec. @throws CliError, wrong usage */
export function requireVersionSpec(id: string, text: string): VersionSpec {
  const spec = parseVersionSpec(text);
  if (spec) return spec;
  throw usageError(`${JSON.stringify(text)} is no valid version of ${id}`, versionSpecHint);
}

/**
 * Whether a version can satisfy the specifier. For labels it is always true, because only the registry knows their
 * versions.
 */
export function canSatisfy(text: string, version: string): boolean {
  const spec = parseVersionSpec(text);
  switch (spec?.kind) {
    case 'version':
      return spec.version === version;
    case 'range':
      return satisfies(version, spec.range);
    case 'label':
      return true;
    case undefined:
      return false;
  }
}
