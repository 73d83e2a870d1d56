import type { Dependencies } from '../lock/project-file.js';
import { parseDependency } from '../lock/prompt-id.js';
import { expectWish } from '../lock/wish.js';
import { concurrently } from './concurrently.js';
import type { Project } from './project.js';
import { findVersion } from './registry.js';
import { needRegistry, type Session } from './session.js';

/**
 * What promptyard.json is to say of the prompts of a command line. Without a wish it stays what it says already; what is
 * new, or was asked for as `latest`, is wanted as `^` and the highest version of now.
 */
export async function nameDependencies(
  session: Session,
  project: Project,
  prompts: readonly string[],
): Promise<Dependencies> {
  const asked = prompts.map(parseDependency);
  for (const { id, wish } of asked) {
    if (wish !== undefined) expectWish(id, wish);
  }
  const named = await concurrently(asked, async ({ id, wish }): Promise<[string, string]> => {
    const wanted = wish ?? project.file?.dependencies[id] ?? 'latest';
    if (wanted !== 'latest') return [id, wanted];
    return [id, `^${await findVersion(needRegistry(session, [id]), session.versions, id, 'latest')}`];
  });
  return Object.fromEntries(named);
}
