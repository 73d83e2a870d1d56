import { itHasAFullLife } from './life.js';
import { itAsksTheModel } from './model.js';
import type { PublishedClient } from '../published-client.js';
import { itOutlivesItsToken, tokensAreShort } from './refresh.js';
import { itTellsOfRefusals } from './refusals.js';
import { itKeepsEveryByte } from './round-trips.js';
import { Workbench } from '../workbench.js';

/** All that a published client must be able to do with the server. */
export function describePublishedClient(client: PublishedClient): void {
  const { build } = client;
  const describeBuilt = 'command' in build ? describe : describe.skip;
  const command = 'command' in build ? build.command : [];

  describeBuilt(`${client.name}${'reason' in build ? ` (not run: ${build.reason})` : ''}`, () => {
    let bench: Workbench;
    beforeAll(async () => {
      bench = await Workbench.open(command);
      await bench.integrate();
    });
    afterAll(() => bench.close());
    const open = () => bench;

    describe('the lifecycle of a prompt', () => itHasAFullLife(client, open));
    describe('a prompt tested with a model', () => itAsksTheModel(open));
    describe('refusals', () => itTellsOfRefusals(client, open));
    describe('round trips', () => itKeepsEveryByte(client, open));
    (tokensAreShort() ? describe : describe.skip)('a client that outlives its token', () =>
      itOutlivesItsToken(client, command),
    );
  });
}
