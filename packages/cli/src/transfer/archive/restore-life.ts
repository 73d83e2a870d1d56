import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ExportedPrompt } from '@promptyard/import/archive/archive-format.js';
import type { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import { listVersions } from '../../api/version-pages.js';
import { endsAll, reasonOf } from '../import-report.js';
import { FoundPrompt, Grants, Made } from '../revision-answers.js';

interface Place {
  readonly name: string;
  readonly id: string;
}

/** What stands beside the history: metadata, grants, yanks and deprecations. Only what differs is sent. True if any did. */
export async function restoreLife(
  { api, owner }: { readonly api: Api; readonly owner: string },
  { name, id }: Place,
  prompt: ExportedPrompt,
  differ: (reason: string) => void,
): Promise<boolean> {
  const base = path`/v1/prompts/${owner}/${name}`;
  const versions = await restoreVersions(api, { owner, name }, prompt);
  const grants = await restoreGrants(api, base, prompt, differ);
  // Last: an owner may want a contract enforced that old packages have broken.
  const metadata = await restoreMetadata(api, base, id, prompt);
  return versions || grants || metadata;
}

async function restoreMetadata(api: Api, base: string, id: string, prompt: ExportedPrompt): Promise<boolean> {
  const { title, description, tags, visibility, enforce_variable_contract } = prompt;
  const wanted = { title, description, tags, visibility, enforce_variable_contract };
  const here = await api.get(FoundPrompt, base);
  const changed = Object.entries(wanted).filter(
    ([field, value]) => !isDeepStrictEqual(value, here[field as keyof typeof wanted]),
  );
  if (changed.length === 0) return false;
  await api.send(Made, 'PATCH', path`/v1/prompts/${id}`, { body: Object.fromEntries(changed) });
  return true;
}

async function restoreGrants(
  api: Api,
  base: string,
  { grants }: ExportedPrompt,
  differ: (reason: string) => void,
): Promise<boolean> {
  const { items } = await api.get(Grants, `${base}/grants`);
  const here = items.map(({ principal_type, name, permission }) => ({ principal_type, principal: name, permission }));
  if (isDeepStrictEqual(here, grants)) return false;
  try {
    await api.send(Grants, 'PUT', `${base}/grants`, { body: { items: grants } });
    return true;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined || endsAll(error)) throw error;
    differ(`its grants: ${reason}`);
    return false;
  }
}

async function restoreVersions(
  api: Api,
  { owner, name }: { readonly owner: string; readonly name: string },
  { versions }: ExportedPrompt,
): Promise<boolean> {
  if (versions.length === 0) return false;
  const here = new Map((await listVersions(api, { owner, name })).map((item) => [item.version, item]));
  let isChanged = false;
  for (const wanted of versions) {
    const change = lifeChange(wanted, here.get(wanted.version) ?? {});
    if (!change) continue;
    await api.send(z.looseObject({}), 'PATCH', path`/v1/prompts/${owner}/${name}/versions/${wanted.version}`, {
      body: change,
    });
    isChanged = true;
  }
  return isChanged;
}

interface Life {
  readonly yanked?: boolean | undefined;
  readonly yank_reason?: string | null | undefined;
  readonly deprecated?: string | null | undefined;
}

function lifeChange(wanted: Life, here: Life): object | undefined {
  const [after, before] = [complete(wanted), complete(here)];
  if (isDeepStrictEqual(after, before)) return undefined;
  const { yanked, yank_reason, deprecated } = after;
  return { yanked, deprecated, ...(yanked && yank_reason !== null && { reason: yank_reason }) };
}

/** Answers leave out what is not so. */
function complete({ yanked = false, yank_reason = null, deprecated = null }: Life) {
  return { yanked, yank_reason, deprecated };
}
