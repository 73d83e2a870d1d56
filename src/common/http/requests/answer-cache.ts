import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { AccessRule } from '../access.decorator.js';
import { Answer, type Repeat } from '../answer.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The access rule of a route whose answers are cached. */
    cachesAnswersFor?: AccessRule;
  }

  interface FastifyInstance {
    answerCache: AnswerCache;
  }
}

/** Of all answers and their URLs together. */
const maxBytes = 16 * 1024 * 1024;
const entryOverheadBytes = 512;
const bytesPerCharacter = 2;

interface CacheEntry {
  readonly repeat: Repeat;
  readonly bytes: number;
}

/**
 * How requests are answered again, by their URL. Parameters and query are functions of the URL, so a request with the
 * URL of an earlier one does not have to be validated.
 */
export class AnswerCache {
  private readonly entries = new LRUCache<string, CacheEntry>({
    maxSize: maxBytes,
    maxEntrySize: maxBytes / 4,
    sizeCalculation: ({ bytes }, url) => entryOverheadBytes + url.length * bytesPerCharacter + bytes,
  });

  find({ url }: FastifyRequest): Repeat | undefined {
    return this.entries.get(url)?.repeat;
  }

  set({ url }: FastifyRequest, { body, options }: Answer<unknown>): void {
    const { repeat } = options;
    if (repeat) this.entries.set(url, { repeat, bytes: body instanceof Buffer ? body.byteLength : 0 });
  }
}

/** Caches the answers that can be repeated, of the routes that are declared to. */
export function cacheAnswers(instance: FastifyInstance): void {
  const answers = new AnswerCache();
  instance.decorate('answerCache', answers);
  instance.addHook('preSerialization', (request, _reply, payload: unknown, done) => {
    if (payload instanceof Answer && request.routeOptions.config.cachesAnswersFor) answers.set(request, payload);
    done(null, payload);
  });
}
