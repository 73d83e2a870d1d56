import { Text } from '../../../common/http/scalars.js';

const longestName = 255;
/** Paths of this protocol and of Open WebUI, which a prompt of that name could not be reached under. */
const reserved: ReadonlySet<string> = new Set(['id', 'create', 'list', 'tags', 'test', 'command']);
/** Nothing that moves the cursor, and at least something to see. */
const printable = /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]+$/u;

/** Any printable text. */
export const TemplateName = Text.refine((name) => printable.test(name), 'must be printable text')
  .refine((name) => [...name].length <= longestName, `must be at most ${longestName} characters long`)
  .refine((name) => !reserved.has(name), `must be none of ${[...reserved].join(', ')}, which are paths of the protocol`)
  .meta({ example: 'support-answer' });
