import type { Source } from '@promptyard/import/source.js';
import { ConductorSource } from '@promptyard/import/sources/conductor.js';
import { SourceServer, serverAddress } from '@promptyard/import/sources/source-server.js';
import { LangfuseSource } from '@promptyard/import/sources/langfuse.js';
import { OpenWebUiFile } from '@promptyard/import/sources/open-webui-file.js';
import { OpenWebUiServer } from '@promptyard/import/sources/open-webui-server.js';
import { ExitCode, CliError } from '../cli-error.js';
import type { Environment } from '../settings/environment.js';
import { fileInput } from './file-input.js';

/** Credentials come from the environment only, because other users of the machine can see command lines. */
export function openConductor(env: Environment, url: string): Promise<Source> {
  const token = env['CONDUCTOR_AUTH_TOKEN'];
  const access =
    token !== undefined && token !== ''
      ? token
      : { keyId: requireVariable(env, 'CONDUCTOR_AUTH_KEY'), keySecret: requireVariable(env, 'CONDUCTOR_AUTH_SECRET') };
  return ConductorSource.open(serverAddress(url, /\/api$/), access);
}

/** Any other text than an address is a file. */
export function openOpenWebUi(env: Environment, what: string): Source {
  if (!/^https?:\/\//.test(what)) return new OpenWebUiFile(fileInput(what));
  const headers = { authorization: `Bearer ${requireVariable(env, 'OPEN_WEBUI_TOKEN')}` };
  return new OpenWebUiServer(new SourceServer(serverAddress(what), headers, 'OPEN_WEBUI_TOKEN'));
}

export function openLangfuse(env: Environment, url: string): Source {
  const pair = `${requireVariable(env, 'LANGFUSE_PUBLIC_KEY')}:${requireVariable(env, 'LANGFUSE_SECRET_KEY')}`;
  const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  const names = 'LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY';
  return new LangfuseSource(new SourceServer(serverAddress(url, /\/api\/public$/), headers, names));
}

function requireVariable(env: Environment, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new CliError(`${name} is not set`, {
    code: 'NO_CREDENTIALS',
    exitCode: ExitCode.notAllowed,
    hint: '`promptyard help import` names what each source needs in the environment.',
  });
}
