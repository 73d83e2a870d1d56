/** Errors whose message says everything that whoever starts the server needs to know. */
const forPeople = new Set([
  'InvalidConfiguration',
  'SecretMismatch',
  'DataFolderInUse',
  'EmbeddedPostgresError',
  'WorkerFailed',
]);

interface SystemError extends Error {
  code?: string;
  syscall?: string;
  port?: number;
  address?: string;
}

/** Why a start failed: one line for what people can mend, the stack for what only developers can. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, name, message, port, address, syscall, stack }: SystemError = error;
  if (forPeople.has(name)) return message;
  if (code === 'EADDRINUSE') return `${address}:${port} is in use by another program: set PORT to another number.`;
  if (code === 'EACCES' && port !== undefined) return `${address}:${port} may not be used by this user: set PORT.`;
  if (code === 'ECONNREFUSED') return `nothing answers at ${address}:${port}: is the database of DATABASE_URL running?`;
  // A file or folder that the system refuses: its message names it.
  return syscall === undefined ? (stack ?? message) : message;
}
