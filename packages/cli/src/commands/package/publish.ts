import type { Command } from 'commander';
import { ApiError } from '../../api/api-error.js';
import { Me, Prompt, PromptSummary, type UploadedVersion, Version } from '../../api/response-schemas.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { uploadVersion } from '../../api/upload-version.js';
import { withExamples } from '../../with-examples.js';
import { ExitCode, CliError, usageError } from '../../cli-error.js';
import { requireValidPackage, type ValidPackage } from '../../package/check-package.js';
import { SafePath } from '../../files/safe-path.js';
import { loadPackage } from '../../package/load-package.js';
import type { Output } from '../../terminal/output.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { formatBytes } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

interface PublishOptions {
  owner?: string;
  create?: true;
  private?: true;
}

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Validates a package and uploads it as the version in its prompt.yaml. Uploading the same bytes again\n' +
        'succeeds, so that scripts can repeat it.',
    )
    .argument('[path]', 'a folder or a .tar.gz', '.')
    .option('--owner <owner>', 'a user or an organization; you by default')
    .option('--create', 'create the prompt if it is missing')
    .option('--private', 'create it as private')
    .action((folder: string, options: PublishOptions) => publish(cli, folder, options));
  withExamples(command, 'publish --create', 'publish haiku-1.0.0.tar.gz --owner acme');
}

async function publish({ api, output }: CliContext, folder: string, options: PublishOptions): Promise<void> {
  if (options.private && !options.create) throw usageError('--private needs --create');
  const candidate = await loadPackage(SafePath.fromArgument(folder));
  const valid = await requireValidPackage(candidate);
  if (candidate.excluded.length > 0) output.note(`left out: ${safeLine(candidate.excluded.join(', '))}`);
  const owner = options.owner ?? (await api.get(Me, path`/v1/me`)).username;
  const { id, created } = await findOrCreate(api, owner, valid, options);
  const { version, isNew } = await upload(api, id, { owner, valid, output });
  for (const warning of version.warnings ?? []) output.warn(safeLine(warning));
  const at = safeLine(`${owner}/${valid.identity.name}@${valid.identity.version}`);
  output.result(
    { ...version, owner, name: valid.identity.name, prompt_created: created, already_there: !isNew },
    () => [
      isNew
        ? `${output.style('bold', at)} is published (${formatBytes(version.size)})`
        : `${at} was published before, with the same bytes`,
      `sha256 ${version.sha256}`,
    ],
  );
}

async function findOrCreate(
  api: ApiClient,
  owner: string,
  { identity: { name }, contents }: ValidPackage,
  options: PublishOptions,
): Promise<{ id: string; created: boolean }> {
  try {
    return { id: (await api.get(Prompt, path`/v1/prompts/${owner}/${name}`)).id, created: false };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    if (!options.create) throw promptNotFoundError(`${owner}/${name}`, error);
  }
  const visibility = options.private ? 'private' : 'public';
  const body = { name, owner, description: contents.description ?? '', tags: contents.tags, visibility };
  return { id: (await api.send(PromptSummary, 'POST', path`/v1/prompts`, { body })).id, created: true };
}

function promptNotFoundError(prompt: string, cause: ApiError): CliError {
  const hint = 'Give --create to create it, or --owner if it belongs to another owner.';
  return new CliError(`there is no prompt ${prompt}`, {
    code: 'NOT_FOUND',
    exitCode: ExitCode.notFound,
    hint,
    cause,
  });
}

interface Upload {
  readonly owner: string;
  readonly valid: ValidPackage;
  readonly output: Output;
}

/** A conflict with the same digest is an earlier upload whose answer was lost. */
async function upload(
  api: ApiClient,
  id: string,
  { owner, valid, output }: Upload,
): Promise<{ version: UploadedVersion; isNew: boolean }> {
  const { name, version } = valid.identity;
  try {
    using bar = new ProgressBar(output, 'uploading', valid.archive.length);
    return { version: await uploadVersion(api, id, valid, (amount) => bar.advance(amount)), isNew: true };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    if (error.detail('sha256') !== valid.sha256) throw versionExistsError(version, error);
    const at = path`/v1/prompts/${owner}/${name}/versions/${version}`;
    return { version: await api.get(Version, at), isNew: false };
  }
}

function versionExistsError(version: string, cause: ApiError): CliError {
  return new CliError(`version ${version} is already published with other bytes`, {
    code: cause.code,
    details: cause.details,
    hint: 'A version never changes: raise `version` in prompt.yaml.',
    cause,
  });
}
