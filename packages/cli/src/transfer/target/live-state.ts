import { z } from 'zod';
import { path } from '../../api/path.js';
import type { ProtocolClient } from './protocol-client.js';

const Live = z.looseObject({
  name: z.string(),
  tags: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
  meta: z.record(z.string(), z.unknown()),
});
type Live = z.output<typeof Live>;

/** The fields of the prompt itself: title, tags, data and meta, through Open WebUI's protocol. */
export class LiveState {
  constructor(
    private readonly protocols: ProtocolClient,
    private readonly promptId: string,
  ) {}

  read(): Promise<Live> {
    return this.protocols.openWebUi(Live, 'GET', path`/api/v1/prompts/id/${this.promptId}`);
  }

  /** Applies the fields of a revision, which becomes production. */
  async applyRevision(revisionId: string): Promise<void> {
    const at = path`/api/v1/prompts/id/${this.promptId}/update/version`;
    await this.protocols.openWebUi(z.looseObject({}), 'POST', at, { body: { version_id: revisionId } });
  }
}
