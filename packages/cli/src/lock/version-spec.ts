import { satisfies, validRange } from 'semver';
import { usageError } from '../cli-error.js';

/** Which version of a package somebody wants. */
export type VersionSpec =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'label'; readonly label: string };

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
const LABEL = /^[a-z][a-z0-9_.-]{0,35}$/;
const NUMBER = /^\d+$/;

export const VERSION_SPEC_HINT = 'Write a version (1.2.3), a range (^1.2, 1.x) or a label (production).';

/**
 * Reads a wish; undefined for what is none. `latest` is the highest version here, since the newest revision need not be
 * one; a number alone is none, since everywhere else it is a revision.
 */
export function parseVersionSpec(text: string): VersionSpec | undefined {
  if (text === 'latest') return { kind: 'range', range: '*' };
  if (VERSION.test(text)) return { kind: 'version', version: text };
  if (LABEL.test(text)) return { kind: 'label', label: text };
  if (NUMBER.test(text) || text.trim() === '' || validRange(text) === null) return undefined;
  return { kind: 'range', range: text };
}

/** As parseWish. @throws CliError, wrong usage */
export function requireVersionSpec(id: string, text: string): VersionSpec {
  const spec = parseVersionSpec(text);
  if (spec) return spec;
  throw usageError(`${JSON.stringify(text)} says no version of ${id}`, VERSION_SPEC_HINT);
}

/** Whether a version can be what was wished for; what a label points to only the registry knows. */
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
