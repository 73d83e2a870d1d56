import type { FastifyInstance } from 'fastify';

interface RoutePattern {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Knows which methods each path has, for `405` with `Allow` and for `OPTIONS`. */
export class RouteTable {
  private readonly routes = new Map<string, RoutePattern>();

  /** Listens to every route that is registered after this call. */
  constructor(instance: FastifyInstance) {
    instance.addHook('onRoute', ({ url, method }) => {
      // The plugin for CORS answers OPTIONS everywhere; that makes no path of what is none.
      if (method === 'OPTIONS') return;
      const route = this.routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
      for (const each of [method].flat()) route.methods.add(each);
      this.routes.set(url, route);
    });
  }

  /** The methods that a path answers to, sorted; none if nothing is there. */
  methodsOf(path: string): string[] {
    const matching = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
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
