import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ExportedPrompt } from '@promptyard/import/archive/archive-format.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { listVersions } from '../../api/list-versions.js';
import { isFatal, refusalReasonOf } from '../import-report.js';
import { PromptDetails, GrantList, ResourceId } from '../transfer-schemas.js';

interface PromptLocation {
  readonly name: string;
  readonly id: string;
}

/** Restores metadata, grants, yanks and deprecations. Only differences are sent. Returns whether there were any. */
export async function restorePromptState(
  { api, owner }: { readonly api: ApiClient; readonly owner: string },
  { name, id }: PromptLocation,
  prompt: ExportedPrompt,
  differ: (reason: string) => void,
): Promise<boolean> {
  const base = path`/v1/prompts/${owner}/${name}`;
  const versions = await restoreVersions(api, { owner, name }, prompt);
  const grants = await restoreGrants(api, base, prompt, differ);
  // Last, because the enforced variable contract may refuse old packages.
  const metadata = await restoreMetadata(api, base, id, prompt);
  return versions || grants || metadata;
}

async function restoreMetadata(api: ApiClient, base: string, id: string, prompt: ExportedPrompt): Promise<boolean> {
  const { title, description, tags, visibility, enforce_variable_contract } = prompt;
  const wanted = { title, description, tags, visibility, enforce_variable_contract };
  const here = await api.get(PromptDetails, base);
  const changed = Object.entries(wanted).filter(
    ([field, value]) => !isDeepStrictEqual(value, here[field as keyof typeof wanted]),
  );
  if (changed.length === 0) return false;
  await api.send(ResourceId, 'PATCH', path`/v1/prompts/${id}`, { body: Object.fromEntries(changed) });
  return true;
}

async function restoreGrants(
  api: ApiClient,
  base: string,
  { grants }: ExportedPrompt,
  differ: (reason: string) => void,
): Promise<boolean> {
  const { items } = await api.get(GrantList, `${base}/grants`);
  const here = items.map(({ principal_type, name, permission }) => ({ principal_type, principal: name, permission }));
  if (isDeepStrictEqual(here, grants)) return false;
  try {
    await api.send(GrantList, 'PUT', `${base}/grants`, { body: { items: grants } });
    return true;
  } catch (error) {
    const reason = refusalReasonOf(error);
    if (reason === undefined || isFatal(error)) throw error;
    differ(`its grants: ${reason}`);
    return false;
  }
}

async function restoreVersions(
  api: ApiClient,
  { owner, name }: { readonly owner: string; readonly name: string },
  { versions }: ExportedPrompt,
): Promise<boolean> {
  if (versions.length === 0) return false;
  const here = new Map((await listVersions(api, { owner, name })).map((item) => [item.version, item]));
  let isChanged = false;
  for (const wanted of versions) {
    const change = releaseStatusChange(wanted, here.get(wanted.version) ?? {});
    if (!change) continue;
    await api.send(z.looseObject({}), 'PATCH', path`/v1/prompts/${owner}/${name}/versions/${wanted.version}`, {
      body: change,
    });
    isChanged = true;
  }
  return isChanged;
}

interface ReleaseStatus {
  readonly yanked?: boolean | undefined;
  readonly yank_reason?: string | null | undefined;
  readonly deprecated?: string | null | undefined;
}

function releaseStatusChange(wanted: ReleaseStatus, here: ReleaseStatus): object | undefined {
  const [after, before] = [withDefaults(wanted), withDefaults(here)];
  if (isDeepStrictEqual(after, before)) return undefined;
  const { yanked, yank_reason, deprecated } = after;
  return { yanked, deprecated, ...(yanked && yank_reason !== null && { reason: yank_reason }) };
}

/** Answers omit default values. */
function withDefaults({ yanked = false, yank_reason = null, deprecated = null }: ReleaseStatus) {
  return { yanked, yank_reason, deprecated };
}
