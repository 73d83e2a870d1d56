import type { Command } from 'commander';
import { Me } from '../../api/answers.js';
import { path } from '../../api/path.js';
import { withExample } from '../../example.js';
import { safeLine } from '../../terminal/safe-text.js';
import { table } from '../../terminal/table.js';
import type { Tool } from '../../tool.js';

export function register(command: Command, tool: Tool): void {
  withExample(command, 'whoami', 'whoami --json').action(() => whoami(tool));
}

async function whoami({ api, settings, output }: Tool): Promise<void> {
  const me = await api.get(Me, path`/v1/me`);
  const { url } = settings.server;
  output.result({ ...me, server: url, token_from: settings.tokenFrom }, () =>
    table([
      ['user', output.style('bold', safeLine(me.username))],
      ['email', safeLine(me.email ?? '-')],
      ['role', safeLine(me.role)],
      ['server', url],
      ['token', `from ${settings.tokenFrom ?? 'nowhere'}`],
    ]),
  );
}
