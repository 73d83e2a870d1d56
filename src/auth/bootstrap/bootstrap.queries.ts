// By hand: an advisory lock.
export const lockBootstrap = 'select pg_advisory_xact_lock($1)';
