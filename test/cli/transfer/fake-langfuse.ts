import type { IncomingMessage } from 'node:http';
import { type FakeSource, startFakeSource } from './fake-source.js';

export interface LangfuseVersion {
  readonly prompt: unknown;
  readonly labels?: readonly string[];
  readonly [field: string]: unknown;
}

export interface FakeLangfuse extends FakeSource {
  /** Versions of each prompt, the first is version 1; tests change them. */
  readonly prompts: Map<string, LangfuseVersion[]>;
  /** The number of versions that it answers before it stops answering. */
  answersLeft: number;
  /** The number of next requests that it answers with 429 and a delay of a second. */
  busy: number;
}

export const langfuseKeys = { LANGFUSE_PUBLIC_KEY: 'pk-lf-1', LANGFUSE_SECRET_KEY: 'sk-lf-1' };
const basic = `Basic ${Buffer.from('pk-lf-1:sk-lf-1').toString('base64')}`;
const pageLimit = 2;

/** The read side of Langfuse's prompt API, as its reference describes it. Its pages are small. */
export async function startFakeLangfuse(prompts: Record<string, LangfuseVersion[]>): Promise<FakeLangfuse> {
  const known = new Map(Object.entries(prompts));
  const state = { answersLeft: Infinity, busy: 0 };
  const answer = ({ pathname, searchParams }: URL, { headers }: IncomingMessage) => {
    if (headers.authorization !== basic) return { status: 401, json: { message: 'Invalid credentials' } };
    if (state.busy > 0) {
      state.busy -= 1;
      return { status: 429, headers: { 'retry-after': '1' } };
    }
    if (pathname === '/api/public/v2/prompts') return { json: pageOf(known, Number(searchParams.get('page'))) };
    const name = decodeURIComponent(pathname.slice('/api/public/v2/prompts/'.length));
    const number = Number(searchParams.get('version'));
    const version = known.get(name)?.[number - 1];
    if (!version) return { status: 404, json: { message: 'Prompt not found' } };
    state.answersLeft -= 1;
    if (state.answersLeft < 0) return undefined;
    const type = Array.isArray(version.prompt) ? 'chat' : 'text';
    const times = { createdAt: `2025-03-0${number}T10:00:00.000Z`, createdBy: 'user-7' };
    return {
      json: {
        id: `${name}-${number}`,
        name,
        version: number,
        type,
        config: {},
        labels: [],
        tags: [],
        ...times,
        ...version,
      },
    };
  };
  const source = await startFakeSource(answer);
  return Object.assign(state, { ...source, prompts: known });
}

function pageOf(prompts: ReadonlyMap<string, readonly LangfuseVersion[]>, page: number) {
  const all = [...prompts].map(([name, versions]) => ({ name, versions: versions.map((_, index) => index + 1) }));
  const data = all.slice((page - 1) * pageLimit, page * pageLimit);
  const totalPages = Math.ceil(all.length / pageLimit);
  return { data, meta: { page, limit: pageLimit, totalItems: all.length, totalPages } };
}
