import { type Comparison, connectionCounts } from '../scenario.js';

/** Compared with the floor of resolve-label.ts, which has no ETags and answers with the whole revision. */
export const resolveNotModified: Comparison = {
  name: 'resolve-304',
  title: 'Resolve by label, not modified',
  connections: connectionCounts,
  mainConnections: 64,
  goals: { 64: 3 },
  status: { product: 304, floor: 200 },

  load({ published, etags }) {
    const requests = published.map(({ path }) => {
      return { path: `${path}/resolve`, headers: { 'if-none-match': etags.get(path) ?? '' } };
    });
    return { method: 'GET', requests };
  },

  floor: () => undefined,
};
