/**
 * The settings of PostgreSQL. They are given on the command line, so that a new release changes an old cluster too, and
 * no file of the cluster overrides them.
 */
const postgresSettings = {
  listen_addresses: '127.0.0.1',
  // A socket's path has a length limit that a deep data folder exceeds.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // For as many workers as a large machine has cores; what is not used costs next to nothing.
  max_connections: '300',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  huge_pages: 'off',
  // Not /dev/shm: containers make it small, and systemd empties it when the user who started us logs out.
  dynamic_shared_memory_type: 'mmap',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  // Statements and details of failed ones hold users' prompts, which do not belong into a log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const;

export function serverArguments(folder: string, port: number): string[] {
  const settings = Object.entries(postgresSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', folder, '-p', String(port), ...settings];
}
