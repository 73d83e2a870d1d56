import type { Dependencies } from '../lock/project-file.js';
import { parseDependency } from '../lock/prompt-id.js';
import { requireVersionSpec } from '../lock/version-spec.js';
import { mapConcurrently } from '../map-concurrently.js';
import type { Project } from './project.js';
import { findVersion } from './registry.js';
import { requireRegistry, type ProjectSession } from './project-session.js';

/**
 * The dependencies in promptyard.json for the prompts of a command line. Without a specifier an existing one stays. New
 * ones and `latest` become `^` and the present highest version.
 */
export async function resolveDependencies(
  session: ProjectSession,
  project: Project,
  prompts: readonly string[],
): Promise<Dependencies> {
  const asked = prompts.map(parseDependency);
  for (const { id, version: spec } of asked) {
    if (spec !== undefined) requireVersionSpec(id, spec);
  }
  const named = await mapConcurrently(asked, async ({ id, version: spec }): Promise<[string, string]> => {
    const wanted = spec ?? project.file?.dependencies[id] ?? 'latest';
    if (wanted !== 'latest') return [id, wanted];
    return [id, `^${await findVersion(requireRegistry(session, [id]), session.versions, id, 'latest')}`];
  });
  return Object.fromEntries(named);
}
