/** Errors whose message is sufficient for the operator. */
const selfExplanatoryErrors = new Set([
  'InvalidConfiguration',
  'UnusableDatabase',
  'SecretMismatch',
  'DataFolderInUse',
  'EmbeddedPostgresError',
  'WorkerFailed',
  'TaskRefused',
]);

/**
 * SQLSTATEs of problems that the operator of the database or pooler can fix: log-in, database, permissions,
 * connections.
 */
const refusalStates = /^(28...|3D000|42501|0A000|53300|57P03|58P01|08P01)$/;

interface SystemError extends Error {
  code?: string;
  syscall?: string;
  port?: number;
  address?: string;
}

/** Describes why a start failed: in one line for problems that an operator can fix, with the stack for others. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, name, message, port, address, syscall, stack }: SystemError = error;
  if (selfExplanatoryErrors.has(name)) return message;
  if (code === 'EADDRINUSE') return `${address}:${port} is in use by another program: set PORT to another number.`;
  if (code === 'EACCES' && port !== undefined) return `${address}:${port} may not be used by this user: set PORT.`;
  if (code === 'ECONNREFUSED') return `nothing answers at ${address}:${port}: is the database of DATABASE_URL running?`;
  const refusal = refusalMessage(error);
  if (refusal !== undefined) return `the database of DATABASE_URL refuses: ${refusal}`;
  if (/^timeout expired$|^Connection terminated/.test(message)) {
    return 'the database of DATABASE_URL does not answer, or not in time.';
  }
  // A file or folder that the system refuses: its message names it.
  return syscall === undefined ? (stack ?? message) : message;
}

/** The message of PostgreSQL or a pooler, if an operator can fix the problem. */
function refusalMessage(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const isRefusal = 'severity' in cause && 'code' in cause && refusalStates.test(String(cause.code));
    if (isRefusal) return cause.message.replaceAll(/\s+/g, ' ');
  }
  return undefined;
}
