/** The variables of the host (PGPORT, LC_ALL, ...) must not reach PostgreSQL. TZ avoids a search for the time zone. */
export const serverEnvironment: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
