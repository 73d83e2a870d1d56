import { Api } from './api/api.js';
import type { Environment } from './settings/environment.js';
import { readSettings, type Settings } from './settings/settings.js';
import type { Output } from './terminal/output.js';

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * What a command works with: `tool.api` asks the server, `tool.output` writes, `tool.settings` is where the server is and
 * who asks. Settings are read when they are first needed, so that a broken file never stands in the way of `--help`.
 */
export class Tool {
  private known: Settings | undefined;
  private client: Api | undefined;

  constructor(
    readonly env: Environment,
    readonly output: Output,
    readonly streams: Streams,
    /** What `--url` said; it goes before all settings. */
    public url?: string,
  ) {}

  get settings(): Settings {
    return (this.known ??= readSettings(this.env, this.url));
  }

  get api(): Api {
    return (this.client ??= new Api(this.settings.server, (text) => this.output.note(text)));
  }
}
