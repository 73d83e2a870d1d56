/** A task that cannot be done as it was asked for; its message says why, in one line. */
export class TaskRefused extends Error {
  override readonly name = 'TaskRefused';
}
