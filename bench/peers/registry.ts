import type { KnownPrompt } from '../environment/fixtures.js';
import { uploadLoad } from '../load/upload-load.js';
import type { PeerProtocol, PeerScenario } from './peer-scenario.js';
import { prepareRegistry, type RegistryData } from './registry-data.js';

const publish = (bytes: number): Pick<PeerScenario<RegistryData>, 'status' | 'goal' | 'load'> => ({
  goal: 1.5,
  status: 201,
  load: (data, numbers) => uploadLoad(data, bytes, numbers),
});

const read = { connections: 64, status: 200 } as const;
const getAll = (paths: readonly string[]) => ({ method: 'GET', requests: paths.map((path) => ({ path })) }) as const;
const versionsOf = ({ path }: KnownPrompt) => `${path}/versions`;

/** Reads come first, because publishing changes what they would read. */
export const registry: PeerProtocol<RegistryData> = {
  title: 'the registry protocol',
  prepare: prepareRegistry,
  scenarios: [
    {
      ...read,
      name: 'list-versions',
      title: 'List ten versions',
      goal: 12,
      load: ({ listed }) => getAll(listed.map(versionsOf)),
    },
    {
      ...read,
      name: 'list-prompts',
      title: 'List prompts, the first twenty',
      goal: 12,
      load: () => getAll(['/v1/prompts?limit=20']),
    },
    {
      ...read,
      name: 'download',
      title: 'Download redirect, recorded',
      goal: 20,
      status: 302,
      load: ({ downloads }) => getAll(downloads),
    },
    { ...publish(4_096), name: 'publish-4k', title: 'Publish 4 KB', connections: 8 },
    { ...publish(5_000_000), name: 'publish-5m', title: 'Publish 5 MB', connections: 4, minSeconds: 5 },
  ],
};
