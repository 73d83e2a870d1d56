import type { FastifyInstance } from 'fastify';
import type { Protocol } from '../protocol.js';
import { protocolOfRoute } from '../protocol-routes.js';

interface RoutePattern {
  readonly pattern: RegExp;
  readonly protocol: unknown;
  readonly methods: Set<string>;
}

/** Maps paths to their methods, for `405` with `Allow` and for `OPTIONS`. */
export class RouteTable {
  private readonly routes = new Map<string, RoutePattern>();

  /** Listens to every route that is registered after this call. */
  constructor(instance: FastifyInstance) {
    instance.addHook('onRoute', ({ url, method, constraints }) => {
      // The CORS plugin answers OPTIONS on every path, which does not make the path a route.
      if (method === 'OPTIONS') return;
      const protocol = protocolOfRoute({ constraints });
      const key = `${String(protocol)} ${url}`;
      const route = this.routes.get(key) ?? { pattern: toPattern(url), protocol, methods: new Set<string>() };
      for (const each of [method].flat()) route.methods.add(each);
      this.routes.set(key, route);
    });
  }

  /** The methods of a path in a protocol, sorted; empty if the path has no route. */
  methodsOf(path: string, protocol: Protocol): string[] {
    const matching = [...this.routes.values()].filter((route) => {
      return (route.protocol === undefined || route.protocol === protocol) && route.pattern.test(path);
    });
    const methods = new Set(matching.flatMap((route) => [...route.methods]));
    if (methods.has('GET')) methods.add('HEAD');
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods].sort();
  }
}

function toPattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => {
      if (segment.startsWith(':')) return '[^/]+';
      return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${source}$`);
}
