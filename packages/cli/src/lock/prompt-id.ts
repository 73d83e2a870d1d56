import { parseReference } from '../api/prompt-reference.js';
import { usageError } from '../cli-error.js';

const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export interface PromptIdParts {
  readonly owner: string;
  readonly name: string;
}

/** Whether both parts of `owner/name` are slugs, because they become names of folders. */
export function isPromptId(text: string): boolean {
  const parts = text.split('/');
  return parts.length === 2 && parts.every((part) => slugPattern.test(part));
}

/** For texts that `isPromptId` accepts. */
export function splitPromptId(id: string): PromptIdParts {
  const [owner = '', name = ''] = id.split('/');
  return { owner, name };
}

/** Reads `owner/name` or `owner/name@specifier`. @throws CliError, wrong usage */
export function parseDependency(text: string): { id: string; version: string | undefined } {
  const { owner, name, selector } = parseReference(text);
  const id = `${owner}/${name}`;
  if (isPromptId(id)) return { id, version: selector };
  throw usageError(`${JSON.stringify(id)} is no valid package`, 'Owner and name are a-z, 0-9 and single hyphens.');
}
