import type { ApiAnswer } from '../support/api.js';
import type { TestServer } from '../support/test-server.js';

/** Status and body of an answer, to be expected together. */
export const outcome = ({ status, body }: ApiAnswer) => [status, body];
export const statuses = (answers: readonly ApiAnswer[]) => answers.map(({ status }) => status).sort();

export const notFound = (what: string) => [404, { error: 'NOT_FOUND', message: `${what} not found` }];
export const forbidden = (message: string) => [403, { error: 'FORBIDDEN', message }];
export const conflict = (message: string) => [409, { error: 'CONFLICT', message }];
export const invalid = (details: object) => {
  return [422, { error: 'VALIDATION_ERROR', message: 'validation failed', details }];
};

/** One entry of the audit log, from a request to `/v1`. */
export interface RecordedAct {
  readonly actor: string;
  readonly action: string;
  readonly details: object;
}

export const act = (actor: string, action: string, details: object): RecordedAct => ({ actor, action, details });

/** The entries of the audit log about groups or organizations with this slug, oldest first. */
export async function actsOn(server: TestServer, type: string, slug: unknown): Promise<RecordedAct[]> {
  const { rows } = await server.database.pool.query<RecordedAct>(
    `select o.slug as actor, e.action, e.details from audit_entry e join owner o on o.id = e.actor_id
     where e.subject_type = $1 and e.subject = $2 and e.protocol = 'registry' order by e.id`,
    [type, slug],
  );
  return rows;
}
