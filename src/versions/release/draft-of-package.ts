import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { type TemplateVariable, withFound } from '@promptyard/template/template-variable.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import type { Revision } from '../../history/revisions/revision.entity.js';
import { packagingOf } from '../../history/revisions/revision-content.js';
import { blank, draftOf, type RevisionDraft } from '../../history/revisions/revision-draft.js';

/** What a package asks for, in the words of revisions. */
export function variablesOf({ inputs, declaredInputs, template, syntax }: PackageContents): TemplateVariable[] {
  return withFound(inputs.slice(0, declaredInputs), template, syntax);
}

/** What an uploaded package says, as the revision that it becomes; what packages say nothing of stays as it was. */
export function draftOfPackage(contents: PackageContents, newest: Revision | null, prompt: Prompt): RevisionDraft {
  const { template: content, syntax, description, tags, author, readme, extra } = contents;
  return {
    ...(newest ? draftOf(newest) : blank(prompt)),
    content,
    syntax,
    description,
    tags,
    variables: variablesOf(contents),
    declaredVariables: contents.declaredInputs,
    packaging: packagingOf({ author, readme, extra }),
  };
}
