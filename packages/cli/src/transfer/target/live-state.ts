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

/** What a prompt itself says beside its revisions: title, tags, data and meta, as Open WebUI reads and sets them. */
export class LiveState {
  constructor(
    private readonly protocols: ProtocolClient,
    private readonly promptId: string,
  ) {}

  read(): Promise<Live> {
    return this.protocols.openWebUi(Live, 'GET', path`/api/v1/prompts/id/${this.promptId}`);
  }

  /** Takes over what a revision says, which is production afterwards. */
  async applyRevision(revisionId: string): Promise<void> {
    const at = path`/api/v1/prompts/id/${this.promptId}/update/version`;
    await this.protocols.openWebUi(z.looseObject({}), 'POST', at, { body: { version_id: revisionId } });
  }
}
