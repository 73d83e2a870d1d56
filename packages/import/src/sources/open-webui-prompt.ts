import { z } from 'zod';
import type { JsonObject } from '@promptyard/template/json.js';
import type { SourceRevision } from '../source.js';
import { toTimestamp } from './source-server.js';

const Json = z.record(z.string(), z.json()).transform((value): JsonObject => value);
const Moment = z.union([z.number(), z.string()]).nullish();

/** A prompt as Open WebUI lists and exports it; older versions have `title` and `timestamp`, and no id. */
export const OpenWebUiPrompt = z.looseObject({
  id: z.string().nullish(),
  command: z.string().min(1),
  name: z.string().nullish(),
  title: z.string().nullish(),
  content: z.string(),
  data: Json.nullish(),
  meta: Json.nullish(),
  tags: z.array(z.string()).nullish(),
  version_id: z.string().nullish(),
  user_id: z.string().nullish(),
  updated_at: Moment,
  timestamp: Moment,
});
export type OpenWebUiPrompt = z.output<typeof OpenWebUiPrompt>;

export const HistoryEntry = z.looseObject({
  id: z.string(),
  snapshot: z.looseObject({
    name: z.string().nullish(),
    content: z.string(),
    data: Json.nullish(),
    meta: Json.nullish(),
    tags: z.array(z.string()).nullish(),
  }),
  user_id: z.string().nullish(),
  user: z.looseObject({ name: z.string().nullish(), email: z.string().nullish() }).nullish(),
  commit_message: z.string().nullish(),
  created_at: Moment,
});
export type HistoryEntry = z.output<typeof HistoryEntry>;

/** The command. Older versions write it with a leading slash. */
export function commandOf({ command }: OpenWebUiPrompt): string {
  return command.replace(/^\/(?=.)/, '');
}

/** The live state, if the history is unknown. */
export function liveRevision(prompt: OpenWebUiPrompt): SourceRevision {
  const at = toTimestamp(prompt.updated_at ?? prompt.timestamp);
  return {
    ...contentOf(prompt, prompt),
    version: prompt.version_id ?? at ?? 'live',
    message: '',
    author: prompt.user_id ?? undefined,
    at,
    labels: ['production'],
  };
}

export function revisionOf(entry: HistoryEntry, prompt: OpenWebUiPrompt): SourceRevision {
  const { snapshot, user } = entry;
  return {
    ...contentOf(snapshot, prompt),
    version: entry.id,
    message: entry.commit_message ?? '',
    author: user?.email ?? user?.name ?? entry.user_id ?? undefined,
    at: toTimestamp(entry.created_at),
    labels: entry.id === prompt.version_id ? ['production'] : [],
  };
}

function contentOf(
  snapshot: Pick<OpenWebUiPrompt, 'name' | 'content' | 'data' | 'meta' | 'tags'>,
  prompt: OpenWebUiPrompt,
) {
  return {
    content: snapshot.content,
    syntax: 'braces' as const,
    title: snapshot.name ?? prompt.name ?? prompt.title ?? undefined,
    description: '',
    tags: snapshot.tags ?? [],
    settings: {},
    data: snapshot.data ?? {},
    meta: snapshot.meta ?? {},
  };
}
