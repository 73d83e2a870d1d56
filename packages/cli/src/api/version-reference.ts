import { usageError } from '../cli-error.js';
import { parseReference } from './prompt-reference.js';

export interface VersionReference {
  readonly owner: string;
  readonly name: string;
  readonly version: string;
}

/** Reads `owner/name@1.2.3`. @throws CliError, wrong usage */
export function parseVersionReference(text: string): VersionReference {
  const { owner, name, selector = '' } = parseReference(text);
  if (/^\d+\.\d+\.\d+$/.test(selector)) return { owner, name, version: selector };
  throw usageError(`${JSON.stringify(text)} is no valid version`, 'Write owner/name@1.2.3.');
}
