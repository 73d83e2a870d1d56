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
 * The context of a command: `api` calls the server, `output` writes, `settings` has the address and the token. Settings
 * are read on first use, so that `--help` works with an invalid file.
 */
export class CliContext {
  private loadedSettings: Settings | undefined;
  private apiClient: ApiClient | undefined;

  constructor(
    readonly env: Environment,
    readonly output: Output,
    readonly streams: Streams,
    /** The value of `--url`, which overrides all settings. */
    public url?: string,
  ) {}

  get settings(): Settings {
    return (this.loadedSettings ??= readSettings(this.env, this.url));
  }

  get api(): ApiClient {
    return (this.apiClient ??= new ApiClient(this.settings.server, (text) => this.output.note(text)));
  }
}
