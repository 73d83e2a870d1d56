import type { Command } from 'commander';
import { Me } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { withExamples } from '../../with-examples.js';
import { safeLine } from '../../terminal/safe-text.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  withExamples(command, 'whoami', 'whoami --json').action(() => whoami(cli));
}

async function whoami({ api, settings, output }: CliContext): Promise<void> {
  const me = await api.get(Me, path`/v1/me`);
  const { url } = settings.server;
  output.result({ ...me, server: url, token_from: settings.tokenFrom }, () =>
    formatTable([
      ['user', output.style('bold', safeLine(me.username))],
      ['email', safeLine(me.email ?? '-')],
      ['role', safeLine(me.role)],
      ['server', url],
      ['token', `from ${settings.tokenFrom ?? 'nowhere'}`],
    ]),
  );
}
