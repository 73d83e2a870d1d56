import type { RunContext } from '../environment/bench-environment.js';
import { assertWrk } from '../load/wrk.js';
import { runProgram } from '../run-program.js';
import { openWebui } from './open-webui.js';
import { help, type Peer, type PeerOptions, readPeerOptions } from './options.js';
import type { PeerProtocol } from './peer-scenario.js';
import { type PeerRow, peerTable } from './peer-table.js';
import { registry } from './registry.js';
import { startProduct } from './start-product.js';
import { takeTurns } from './take-turns.js';

const scenarioNames = [...registry.scenarios, ...openWebui.scenarios].map(({ name }) => name);

await runProgram('npm run bench:peers', async (args, _command, run) => {
  const options = readPeerOptions(args);
  if (options.help) {
    process.stdout.write(`${help}\nScenarios: ${scenarioNames.join(', ')}\n`);
    return 0;
  }
  const rows = await measure(options, run);
  process.stdout.write(`${peerTable(rows)}\n`);
  return rows.some((row) => 'reason' in row) ? 1 : 0;
});

async function measure(options: PeerOptions, run: RunContext): Promise<PeerRow[]> {
  const unknown = options.scenarios.find((name) => !scenarioNames.includes(name));
  if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}: --help names them`);
  await assertWrk();
  run.tell('starting the product');
  const product = await startProduct(options.dataFolder, run);
  return [
    ...(await compareAll(registry, { product, peer: options.registry }, options, run)),
    ...(await compareAll(openWebui, { product, peer: options.openWebui }, options, run)),
  ];
}

/** A failing scenario does not affect the others. */
async function compareAll<Data>(
  protocol: PeerProtocol<Data>,
  { product, peer }: { readonly product: Peer; readonly peer: Peer | undefined },
  options: PeerOptions,
  { tell, signal }: RunContext,
): Promise<PeerRow[]> {
  const { scenarios: names } = options;
  const scenarios = protocol.scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
  if (!peer || scenarios.length === 0) return [];
  tell(`preparing both sides for ${protocol.title}`);
  const sides = {
    product: { url: product.url, data: await protocol.prepare(product) },
    peer: { url: peer.url, data: await protocol.prepare(peer) },
  };
  const rows: PeerRow[] = [];
  for (const scenario of scenarios) {
    tell(scenario.title);
    try {
      rows.push({ scenario, result: await takeTurns(scenario, sides, options, signal) });
    } catch (error) {
      rows.push({ scenario, reason: error instanceof Error ? error.message : String(error) });
    }
    signal.throwIfAborted();
  }
  return rows;
}
