import { z } from 'zod';
import { CliError } from '../cli-error.js';
import { describeIssues, parseJson, sortKeys } from './json-text.js';
import { isPromptId } from './prompt-id.js';
import { parseVersionSpec, versionSpecHint } from './version-spec.js';

export const projectFileName = 'promptyard.json';

/** The specifier of each `owner/name`: a version, a range or a label. */
export type Dependencies = Readonly<Record<string, string>>;

const ProjectFile = z.looseObject({
  dependencies: z
    .record(
      z.string().refine(isPromptId, 'must be owner/name'),
      z.string().refine((text) => parseVersionSpec(text) !== undefined, versionSpecHint),
    )
    .default({}),
});
export type ProjectFile = z.output<typeof ProjectFile>;

/** Reads promptyard.json; unknown keys stay. @throws CliError with all problems */
export function parseProjectFile(text: string): ProjectFile {
  const parsed = ProjectFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new CliError(`${projectFileName} cannot be read`, {
    code: 'BROKEN_PROJECT',
    details: describeIssues(parsed.error),
    hint: 'It looks like {"dependencies": {"acme/support": "^1.2.0"}}.',
  });
}

export function printProjectFile(file: ProjectFile): string {
  return `${JSON.stringify({ ...file, dependencies: sortKeys(file.dependencies) }, undefined, 2)}\n`;
}
