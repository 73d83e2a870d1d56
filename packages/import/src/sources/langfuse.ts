import { z } from 'zod';
import type { JsonObject, JsonValue } from '@promptyard/template/json.js';
import { ImportFailure } from '../import-failure.js';
import type { Listing, Source, SourcePrompt, SourceRevision } from '../source.js';
import { type SourceServer, toTimestamp } from './source-server.js';

const Page = z.looseObject({
  data: z.array(z.looseObject({ name: z.string(), versions: z.array(z.number().int()) })),
  meta: z.looseObject({ totalPages: z.number() }),
});

const Message = z.looseObject({ role: z.string().optional(), content: z.json().optional() });

const Version = z.looseObject({
  name: z.string(),
  version: z.number(),
  prompt: z.union([z.string(), z.array(Message)]),
  config: z.json().optional(),
  labels: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
  commitMessage: z.string().nullish(),
  createdAt: z.string().nullish(),
  createdBy: z.string().nullish(),
});
type Version = z.output<typeof Version>;

const computedLabel = 'latest';
const production = 'production';

/**
 * Langfuse's prompts, through its public API, with every version and the labels. A chat becomes a text of its messages;
 * the original is stored in `data.messages`.
 */
export class LangfuseSource implements Source {
  readonly kind = 'langfuse';

  constructor(private readonly server: SourceServer) {}

  get from(): string {
    return this.server.url;
  }

  async list(): Promise<Listing> {
    const found = new Map<string, readonly number[]>();
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const { data, meta } = await this.server.request(Page, `/api/public/v2/prompts?page=${page}&limit=100`);
      for (const { name, versions } of data) found.set(name, versions);
      pages = meta.totalPages;
    }
    const prompts = [...found].map(([name, versions]) => ({ label: name, load: () => this.load(name, versions) }));
    return { prompts };
  }

  private async load(name: string, numbers: readonly number[]): Promise<SourcePrompt> {
    const versions: Version[] = [];
    for (const number of numbers.toSorted((one, other) => one - other)) {
      // Unresolved, so that includes stay includes.
      const at = `/api/public/v2/prompts/${encodeURIComponent(name)}?version=${number}&resolve=false`;
      versions.push(await this.server.request(Version, at));
    }
    const isDeployed = versions.some(({ labels }) => labels.includes(production));
    const [first, ...more] = versions.map((version) => {
      const isNewest = version === versions.at(-1);
      return toRevision(version, isNewest && !isDeployed ? [production] : []);
    });
    if (!first) throw new ImportFailure('it has no version', { code: 'NO_VERSION' });
    return { id: name, name, keepsName: false, revisions: [first, ...more] };
  }
}

/** Reads use production by default; if Langfuse has none, `more` adds it to the newest version. */
function toRevision(version: Version, more: readonly string[]): SourceRevision {
  const { prompt, config, labels, tags } = version;
  return {
    version: String(version.version),
    content: typeof prompt === 'string' ? prompt : prompt.map(showMessage).join('\n\n'),
    syntax: 'braces',
    title: version.name,
    description: '',
    tags,
    settings: isObject(config) ? config : {},
    data: typeof prompt === 'string' ? {} : { type: 'chat', messages: prompt as JsonValue[] },
    meta: {},
    message: version.commitMessage ?? '',
    author: version.createdBy ?? undefined,
    at: toTimestamp(version.createdAt),
    labels: [...labels.filter((label) => label !== computedLabel), ...more],
  };
}

function showMessage({ role, content, ...rest }: z.output<typeof Message>): string {
  if (role === undefined) return JSON.stringify(rest);
  return `${role}:\n${typeof content === 'string' ? content : JSON.stringify(content ?? null)}`;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
