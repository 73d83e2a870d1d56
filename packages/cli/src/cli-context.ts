import { ApiClient } from './api/api-client.js';
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
export class CliContext {
  private loadedSettings: Settings | undefined;
  private apiClient: ApiClient | undefined;

  constructor(
    readonly env: Environment,
    readonly output: Output,
    readonly streams: Streams,
    /** What `--url` said; it goes before all settings. */
    public url?: string,
  ) {}

  get settings(): Settings {
    return (this.loadedSettings ??= readSettings(this.env, this.url));
  }

  get api(): ApiClient {
    return (this.apiClient ??= new ApiClient(this.settings.server, (text) => this.output.note(text)));
  }
}
