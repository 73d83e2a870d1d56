import { PrintableName } from '../../../prompts/names/printable-name.js';

/** Paths of this protocol and of Open WebUI. A prompt with such a name could not be reached. */
const reserved: ReadonlySet<string> = new Set(['id', 'create', 'list', 'tags', 'test', 'command']);

/** Any printable text. */
export const TemplateName = PrintableName.refine(
  (name) => !reserved.has(name),
  `must be none of ${[...reserved].join(', ')}, which are paths of the protocol`,
).meta({ example: 'support-answer' });
