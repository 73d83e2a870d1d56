import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { RevisionDiff } from './diff.dto.js';
import { diffFields } from './diff-fields.js';
import { diffText } from './diff-text.js';
import { diffVariables } from './diff-variables.js';

/** The compared parts of a revision. */
export interface ComparedRevision {
  number: number;
  content: string;
  variables: readonly TemplateVariable[];
  settings: JsonObject;
}

/** What changed between two revisions of a prompt. */
export function diffRevisions(from: ComparedRevision, to: ComparedRevision): RevisionDiff {
  return {
    from: from.number,
    to: to.number,
    ...diffText(from.content, to.content, { from: fileName(from), to: fileName(to) }),
    variables: diffVariables(from.variables, to.variables),
    settings: diffFields(from.settings, to.settings),
  };
}

/** `patch -p1` and `git apply` leave out the first folder, so that the patch fits `prompt.md` of an unpacked package. */
function fileName({ number }: ComparedRevision): string {
  return `revision-${number}/prompt.md`;
}
