import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { type TemplateVariable, withFound } from '@promptyard/template/template-variable.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import type { StoredRevision } from '../../history/revisions/revision.entity.js';
import { packagingOf } from '../../history/revisions/revision-content.js';
import { emptyDraft, draftFrom, type RevisionDraft } from '../../history/revisions/revision-draft.js';

/** The variables of a package, in the form of revisions. */
export function variablesOf({ inputs, declaredInputs, template, syntax }: PackageContents): TemplateVariable[] {
  return withFound(inputs.slice(0, declaredInputs), template, syntax);
}

/** The draft of the revision for an uploaded package. Fields that packages do not have stay as they are. */
export function draftOfPackage(
  contents: PackageContents,
  newest: StoredRevision | null,
  prompt: Prompt,
): RevisionDraft {
  const { template: content, syntax, description, tags, author, readme, extra } = contents;
  return {
    ...(newest ? draftFrom(newest) : emptyDraft(prompt)),
    content,
    syntax,
    description,
    tags,
    variables: variablesOf(contents),
    declaredVariables: contents.declaredInputs,
    packaging: packagingOf({ author, readme, extra }),
  };
}
