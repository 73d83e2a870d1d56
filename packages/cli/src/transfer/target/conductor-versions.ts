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

/** Defaults of a save. Integrations are left out, because they may not exist on this server. */
const defaults = { temperature: 0.1, topP: 1, responseFormat: 'text', stopWords: [] };

/**
 * Conductor's versions of a prompt. The server gives the next version to a new production revision. Versions that the
 * source has skipped are set through Conductor's protocol.
 */
export class ConductorVersions {
  constructor(
    private readonly protocols: ProtocolClient,
    private readonly name: string,
  ) {}

  /** The highest version; 0 if there is none. */
  async highest(): Promise<number> {
    const [highest] = await this.protocols.conductor(
      z.array(VersionNumber),
      'GET',
      path`/api/prompts/${this.name}/versions`,
    );
    return highest?.version ?? 0;
  }

  /** Moves the highest version to a higher number. */
  async renumber(from: number, to: number, revision: SourceRevision): Promise<void> {
    await this.save(to, revision); // says what the highest says, so that it points there and nothing is written
    await this.protocols.conductor(z.void(), 'DELETE', path`/api/prompts/${this.name}/versions/${from}`);
  }

  /** Overwrites a version that has changed in the source since it was imported. Returns whether it differed. */
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
