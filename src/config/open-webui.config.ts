import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { Flag, HttpUrl, Setting, WholeNumber } from './scalars/scalars.js';

const maxTokenSeconds = 365 * 24 * 60 * 60;

export const openWebUiSettings = z
  .object({
    ALLOW_SIGNUP: Flag(false).describe(
      'Lets visitors create accounts through the Open WebUI protocol; an administrator activates them.',
    ),
    OPENWEBUI_TOKEN_TTL_SECONDS: WholeNumber(86_400, 1, maxTokenSeconds).describe(
      'How long a session of the Open WebUI protocol is good.',
    ),
    OPENWEBUI_PROMPT_CREATORS: Setting.describe(
      'Comma-separated slugs of the groups that may make prompts through the Open WebUI protocol; every user if unset or *.',
    ),
    OPENWEBUI_URL: HttpUrl.describe(
      'Open WebUI server whose tokens are good on that protocol too, for the user of the same email address; it must verify addresses.',
    ),
  })
  .transform((env) => ({
    allowSignUp: env.ALLOW_SIGNUP,
    tokenTtlSeconds: env.OPENWEBUI_TOKEN_TTL_SECONDS,
    promptCreators: parseGroups(env.OPENWEBUI_PROMPT_CREATORS),
    url: env.OPENWEBUI_URL,
  }));

/** The slugs in a list; undefined if every user is meant. */
function parseGroups(list: string | undefined): readonly string[] | undefined {
  const slugs = list?.split(',').map((slug) => slug.trim().toLowerCase()) ?? ['*'];
  return slugs.includes('*') ? undefined : slugs.filter(Boolean);
}

export type OpenWebUiConfig = Readonly<z.output<typeof openWebUiSettings>>;
export const OpenWebUiConfig = { KEY: getConfigToken('openWebUi') };
