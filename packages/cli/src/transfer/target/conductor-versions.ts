import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { SourceRevision } from '@promptyard/import/source.js';
import { path } from '../../api/path.js';
import type { ProtocolClient } from './protocol-client.js';

const Template = z.object({
  template: z.string(),
  description: z.string(),
  temperature: z.number(),
  topP: z.number(),
  responseFormat: z.string(),
  stopWords: z.array(z.string()),
});
const VersionNumber = z.object({ version: z.number() });

/** What a save says where the source said nothing; integrations are left as they are, since they may not exist here. */
const defaults = { temperature: 0.1, topP: 1, responseFormat: 'text', stopWords: [] };

/**
 * Conductor's numbers of a prompt's revisions. Whatever becomes production gets the next number by itself; a number that
 * the source has skipped is given through Conductor's own requests.
 */
export class ConductorVersions {
  constructor(
    private readonly protocols: ProtocolClient,
    private readonly name: string,
  ) {}

  /** The highest there is; 0 for none. */
  async highest(): Promise<number> {
    const [highest] = await this.protocols.conductor(
      z.array(VersionNumber),
      'GET',
      path`/api/prompts/${this.name}/versions`,
    );
    return highest?.version ?? 0;
  }

  /** Gives the revision with the highest number another, higher one, in place of it. */
  async renumber(from: number, to: number, revision: SourceRevision): Promise<void> {
    await this.save(to, revision); // says what the highest says, so that it points there and nothing is written
    await this.protocols.conductor(z.void(), 'DELETE', path`/api/prompts/${this.name}/versions/${from}`);
  }

  /** Saves over a number whose text has changed at the source since it came here. True if that was news. */
  async overwrite(version: number, revision: SourceRevision): Promise<boolean> {
    const at = path`/api/prompts/${this.name}`;
    const shown = await this.protocols.conductor(Template, 'GET', at, { query: { version } });
    if (isDeepStrictEqual(shown, templateOf(revision))) return false;
    await this.save(version, revision);
    return true;
  }

  private save(version: number, revision: SourceRevision): Promise<void> {
    const body = [{ name: this.name, version, ...templateOf(revision) }];
    return this.protocols.conductor(z.void(), 'POST', path`/api/prompts`, { body });
  }
}

function templateOf({ content, description, settings }: SourceRevision) {
  const { integrations: _, ...said } = settings;
  return { template: content, description, ...defaults, ...said };
}
