/** A task that is refused. The message gives the reason in one line. */
export class TaskRefused extends Error {
  override readonly name = 'TaskRefused';
}
