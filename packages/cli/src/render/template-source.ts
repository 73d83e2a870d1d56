import type { TemplatePart } from '@promptyard/template/render/template-part.js';
import { Resolved } from '../api/response-schemas.js';
import type { ApiClient } from '../api/api-client.js';
import { path, type Query } from '../api/path.js';
import { SafePath } from '../files/safe-path.js';
import { requireValidPackage } from '../package/check-package.js';
import { loadFolder } from '../package/load-folder.js';

/** The template's part of a receipt; a folder has no revision. */
export interface TemplateSource {
  readonly owner: string;
  readonly name: string;
  readonly label: string | null;
  readonly revision: number | null;
  readonly digest: string;
}

export interface SourcedTemplate extends TemplatePart {
  readonly source: TemplateSource;
}

/** The template that the query selects. @throws CliError, also if `expect` is another digest */
export async function serverTemplate(
  api: ApiClient,
  prompt: { owner: string; name: string },
  query: Query,
): Promise<SourcedTemplate> {
  const at = path`/v1/prompts/${prompt.owner}/${prompt.name}/resolve`;
  const { owner, name, content, syntax, variables, ...revision } = await api.get(Resolved, at, query);
  const label = revision.resolved_by.label ?? null;
  const source = { owner, name, label, revision: revision.number, digest: revision.digest };
  return { id: `${owner}/${name}`, text: content, syntax, variables, source };
}

/** The template of a package's folder, as it would be published. */
export async function folderTemplate(folder: string): Promise<SourcedTemplate> {
  const { contents, identity, sha256 } = await requireValidPackage(await loadFolder(SafePath.fromArgument(folder)));
  const { template, syntax, inputs } = contents;
  const source = { owner: '', name: identity.name, label: null, revision: null, digest: `sha256:${sha256}` };
  return { id: `./${identity.name}`, text: template, syntax, variables: inputs, source };
}
