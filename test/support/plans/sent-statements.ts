import { jest } from '@jest/globals';
import { MikroORM } from '@mikro-orm/postgresql';
import { statementName } from '../../../src/database/prepared-statements.js';
import type { OpenTestServer } from '../test-server.js';

export interface SentStatement {
  /** What it is prepared as, if it is written by hand. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Records the statements that the server sends to PostgreSQL, its ORM's own and those that are written by hand. */
export function recordStatements({ app }: Pick<OpenTestServer, 'app'>) {
  const connection = app.get(MikroORM, { strict: false }).em.getDriver().getConnection();
  const execute = connection.execute.bind(connection);
  const sent: SentStatement[] = [];
  const spy = jest.spyOn(connection, 'execute').mockImplementation((query, values = [], ...rest) => {
    if (typeof query === 'string')
      sent.push({ name: statementName(query), text: query, values: Array.isArray(values) ? values : [values] });
    return execute(query, values, ...rest);
  });
  return { sent, stop: () => spy.mockRestore() };
}
