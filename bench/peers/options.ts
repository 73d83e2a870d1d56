import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataFolder, positive } from '../options.js';

/** A running server to compare with. */
export interface Peer {
  readonly url: string;
  readonly token: string;
}

export interface PeerOptions {
  readonly help: boolean;
  readonly registry: Peer | undefined;
  readonly openWebui: Peer | undefined;
  /** Names of scenarios; all if empty. */
  readonly scenarios: readonly string[];
  /** Of each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  /** For the logs of the product and, without DATABASE_URL, its database. */
  readonly dataFolder: string;
}

export const help = `npm run bench:peers -- [options]

Sends the same requests to the product and to another server that speaks the same protocol, in turns, and prints the
medians. The product is started with an empty database; the other server must run already, on this machine. Both get the
same data over their interfaces. Needs Linux and wrk.

  --registry-peer <url>      a server of the registry protocol, such as http://127.0.0.1:8080
  --registry-token <token>   of a user who may publish there
  --open-webui-peer <url>    an Open WebUI, such as http://127.0.0.1:8081
  --open-webui-token <token> of an administrator there
  --scenario <name>          only this one; may be repeated
  --seconds <n>              of each measurement (3)
  --rounds <n>               measurements of each side (3)
  --data <folder>            for the run (that of npm run bench)
  --help                     this text and the names of the scenarios

DATABASE_URL names the PostgreSQL of the product, S3_* its bucket: for a registry both must be set, to the PostgreSQL and
the object store that the other server uses.
`;

const flags = {
  help: { type: 'boolean', default: false },
  'registry-peer': { type: 'string' },
  'registry-token': { type: 'string' },
  'open-webui-peer': { type: 'string' },
  'open-webui-token': { type: 'string' },
  scenario: { type: 'string', multiple: true },
  seconds: { type: 'string', default: '3' },
  rounds: { type: 'string', default: '3' },
  data: { type: 'string', default: defaultDataFolder },
} as const;

/** @throws Error that says what is wrong with the arguments */
export function readPeerOptions(args: readonly string[], environment = process.env): PeerOptions {
  const { values } = parseArgs({ args: [...args], options: flags });
  const registry = peerOf('registry', values['registry-peer'], values['registry-token']);
  const openWebui = peerOf('open-webui', values['open-webui-peer'], values['open-webui-token']);
  if (!values.help && !registry && !openWebui) throw new Error('give --registry-peer, --open-webui-peer or both');
  if (registry) assertStores(environment);
  return {
    help: values.help,
    registry,
    openWebui,
    scenarios: values.scenario ?? [],
    seconds: positive('seconds', values.seconds),
    rounds: positive('rounds', values.rounds),
    dataFolder: resolve(values.data),
  };
}

function peerOf(name: string, address: string | undefined, token: string | undefined): Peer | undefined {
  if (address === undefined && token === undefined) return undefined;
  if (address === undefined || token === undefined) {
    throw new Error(`--${name}-peer and --${name}-token belong together: one of them is missing`);
  }
  const url = URL.parse(address);
  if (url?.protocol !== 'http:') throw new Error(`--${name}-peer must be a URL that begins with http://`);
  if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) {
    throw new Error(`--${name}-peer must be on this machine, as both sides share it in turns`);
  }
  return { url: url.origin, token };
}

/** Stores that differ would be measured instead of the servers. */
function assertStores(environment: NodeJS.ProcessEnv): void {
  const missing = ['DATABASE_URL', 'S3_ENDPOINT', 'S3_BUCKET'].filter((name) => !environment[name]);
  if (missing.length === 0) return;
  throw new Error(`--registry-peer needs ${missing.join(', ')}: both servers must use the same database and store`);
}
