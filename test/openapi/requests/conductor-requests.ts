import { call } from '../../support/api.js';
import type { TestUser } from '../../support/users.js';
import type { OpenTestServer } from '../../support/test-server.js';
import { integrationRequests } from './integration-requests.js';
import { templateRequests } from './template-requests.js';

/** Valid requests for the operations of the Conductor protocol. */
export function conductorRequests(server: OpenTestServer, alice: TestUser) {
  const as = (token: string | undefined) => <T>(options: T) => Promise.resolve({ token, options });
  const [asAlice, asStranger] = [as(alice.key), as(undefined)];
  return {
    createToken: async () => {
      const { body } = await call(server, 'POST', '/v1/api-keys', { token: alice.key, json: { name: 'worker' } });
      return asStranger({ body: { keyId: body.id, keySecret: body.key } });
    },
    getTokenUser: () => asAlice({}),
    ...integrationRequests(server, alice),
    ...templateRequests(server, alice),
  };
}
