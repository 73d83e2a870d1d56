/** Errors whose message says everything that whoever starts the server needs to know. */
const forPeople = new Set([
  'InvalidConfiguration',
  'UnusableDatabase',
  'SecretMismatch',
  'DataFolderInUse',
  'EmbeddedPostgresError',
  'WorkerFailed',
  'TaskRefused',
]);

/** SQLSTATEs of what whoever runs the database or the pooler before it can mend: log-in, database, rights, connections. */
const refusals = /^(28...|3D000|42501|0A000|53300|57P03|58P01|08P01)$/;

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
  const refusal = refusalOf(error);
  if (refusal !== undefined) return `the database of DATABASE_URL refuses: ${refusal}`;
  if (/^timeout expired$|^Connection terminated/.test(message)) {
    return 'the database of DATABASE_URL does not answer, or not in time.';
  }
  // A file or folder that the system refuses: its message names it.
  return syscall === undefined ? (stack ?? message) : message;
}

/** What PostgreSQL or a pooler said, where it is nothing that a developer would have to look into. */
function refusalOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const isRefusal = 'severity' in cause && 'code' in cause && refusals.test(String(cause.code));
    if (isRefusal) return cause.message.replaceAll(/\s+/g, ' ');
  }
  return undefined;
}
