import type { FastifyInstance } from 'fastify';
import type { Protocol } from '../protocol.js';
import { protocolOfRoute } from '../protocol-routes.js';

interface RoutePattern {
  readonly pattern: RegExp;
  readonly protocol: unknown;
  readonly methods: Set<string>;
}

/** Knows which methods each path has, for `405` with `Allow` and for `OPTIONS`. */
export class RouteTable {
  private readonly routes = new Map<string, RoutePattern>();

  /** Listens to every route that is registered after this call. */
  constructor(instance: FastifyInstance) {
    instance.addHook('onRoute', ({ url, method, constraints }) => {
      // The plugin for CORS answers OPTIONS everywhere; that makes no path of what is none.
      if (method === 'OPTIONS') return;
      const protocol = protocolOfRoute({ constraints });
      const key = `${String(protocol)} ${url}`;
      const route = this.routes.get(key) ?? { pattern: toPattern(url), protocol, methods: new Set<string>() };
      for (const each of [method].flat()) route.methods.add(each);
      this.routes.set(key, route);
    });
  }

  /** The methods that a path answers to through a protocol, sorted; none if nothing is there. */
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
