import { z } from 'zod';
import type { JsonObject } from '@promptyard/template/json.js';
import { ImportFailure } from '../import-failure.js';
import { isSlug } from '../slug.js';
import type { Listing, Source, SourcePrompt, SourceRevision } from '../source.js';
import { SourceServerError, SourceServer, toTimestamp } from './source-server.js';

const Token = z.looseObject({ token: z.string() });

const Template = z.looseObject({
  name: z.string(),
  template: z.string(),
  version: z.number().int().default(1),
  description: z.string().nullish(),
  integrations: z.array(z.string()).nullish(),
  temperature: z.number().nullish(),
  topP: z.number().nullish(),
  responseFormat: z.string().nullish(),
  stopWords: z.array(z.string()).nullish(),
  tags: z.array(z.looseObject({ key: z.string(), value: z.string().nullish() })).nullish(),
  createdBy: z.string().nullish(),
  updatedBy: z.string().nullish(),
  createTime: z.number().nullish(),
  updateTime: z.number().nullish(),
});
type Template = z.output<typeof Template>;

export interface ConductorKey {
  readonly keyId: string;
  readonly keySecret: string;
}

const credentials = 'CONDUCTOR_AUTH_KEY and CONDUCTOR_AUTH_SECRET, or CONDUCTOR_AUTH_TOKEN,';

/** The templates of a Conductor server, each with all its versions, which keep their numbers. */
export class ConductorSource implements Source {
  readonly kind = 'conductor';

  private constructor(private readonly server: SourceServer) {}

  /** Signs in if there is a key instead of a token. */
  static async open(url: string, access: ConductorKey | string): Promise<ConductorSource> {
    const token = typeof access === 'string' ? access : await signIn(url, access);
    return new ConductorSource(new SourceServer(url, { 'x-authorization': token }, credentials));
  }

  get from(): string {
    return this.server.url;
  }

  async list(): Promise<Listing> {
    const latest = await this.server.request(z.array(Template), '/api/prompts');
    return { prompts: latest.map((template) => ({ label: template.name, load: () => this.load(template) })) };
  }

  private async load(latest: Template): Promise<SourcePrompt> {
    const versions = await this.versions(latest);
    const [first, ...more] = versions.toSorted((one, other) => one.version - other.version).map(toRevision(latest));
    if (!first) throw new ImportFailure('it has no version', { code: 'NO_VERSION' });
    return { id: latest.name, name: latest.name, keepsName: true, revisions: [first, ...more] };
  }

  /** Older servers have only one version. */
  private async versions(latest: Template): Promise<Template[]> {
    try {
      return await this.server.request(z.array(Template), `/api/prompts/${encodeURIComponent(latest.name)}/versions`);
    } catch (error) {
      if (error instanceof SourceServerError && error.status === 404) return [latest];
      throw error;
    }
  }
}

async function signIn(url: string, key: ConductorKey): Promise<string> {
  return (await new SourceServer(url, {}, credentials).request(Token, '/api/token', key)).token;
}

/** Tags belong to the template, not to a version. The highest version is live. */
function toRevision({ tags }: Template): (template: Template) => SourceRevision {
  const shownTags = (tags ?? []).map(({ key, value }) => (value ? `${key}:${value}` : key));
  return (template) => ({
    version: String(template.version),
    conductorVersion: template.version,
    content: template.template,
    syntax: 'dollar',
    // On the other protocols a name that is no slug is shown as the title.
    title: isSlug(template.name) ? undefined : template.name,
    description: template.description ?? '',
    tags: shownTags,
    settings: settingsOf(template),
    data: {},
    meta: {},
    message: '',
    author: template.updatedBy ?? template.createdBy ?? undefined,
    at: toTimestamp(template.updateTime ?? template.createTime),
    labels: ['production'],
  });
}

/** The settings that differ from Conductor's defaults. */
function settingsOf({ integrations, temperature, topP, responseFormat, stopWords }: Template): JsonObject {
  const settings: JsonObject = {};
  if (integrations && integrations.length > 0) settings['integrations'] = integrations;
  if (temperature != null && temperature !== 0.1) settings['temperature'] = temperature;
  if (topP != null && topP !== 1) settings['topP'] = topP;
  if (responseFormat != null && responseFormat !== 'text') settings['responseFormat'] = responseFormat;
  if (stopWords && stopWords.length > 0) settings['stopWords'] = stopWords;
  return settings;
}
