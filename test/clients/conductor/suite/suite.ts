import { itSupportsTheLifecycle } from './lifecycle.js';
import { itTestsWithTheModel } from './model.js';
import type { PublishedClient } from '../published-client.js';
import { itRenewsItsToken, hasShortTokens } from './refresh.js';
import { itReportsRefusals } from './refusals.js';
import { itKeepsTextsUnchanged } from './round-trips.js';
import { ClientUnderTest } from '../client-under-test.js';

/** Everything that a published client must be able to do with the server. */
export function describePublishedClient(client: PublishedClient): void {
  const { build } = client;
  const describeBuilt = 'command' in build ? describe : describe.skip;
  const command = 'command' in build ? build.command : [];

  describeBuilt(`${client.name}${'reason' in build ? ` (not run: ${build.reason})` : ''}`, () => {
    let bench: ClientUnderTest;
    beforeAll(async () => {
      bench = await ClientUnderTest.open(command);
      await bench.integrate();
    });
    afterAll(() => bench.close());
    const open = () => bench;

    describe('the lifecycle of a prompt', () => itSupportsTheLifecycle(client, open));
    describe('a prompt tested with a model', () => itTestsWithTheModel(open));
    describe('refusals', () => itReportsRefusals(client, open));
    describe('round trips', () => itKeepsTextsUnchanged(client, open));
    (hasShortTokens() ? describe : describe.skip)('a client that outlives its token', () =>
      itRenewsItsToken(client, command),
    );
  });
}
