import type { JsonObject } from '@promptyard/template/json.js';
import { type TemplateVariable, withFound } from '@promptyard/template/template-variable.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import { findVariables } from '@promptyard/template/variables.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import type { StoredRevision } from './revision.entity.js';
import { type Packaging, packagingOf, type RevisionContent } from './revision-content.js';

/** The content of a future revision. */
export interface RevisionDraft extends RevisionContent {
  /** Number of declared variables. The variables after them were found in the text. */
  readonly declaredVariables: number;
}

/** The changes of the next revision. Fields that are missing or null stay as they are. */
export interface RevisionChange {
  readonly content?: string | null | undefined;
  readonly syntax?: TemplateSyntax | null | undefined;
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  /** Declared variables. Other variables of the text are added. */
  readonly variables?: readonly TemplateVariable[] | null | undefined;
  readonly settings?: JsonObject | null | undefined;
  readonly data?: JsonObject | null | undefined;
  readonly meta?: JsonObject | null | undefined;
  readonly readme?: string | null | undefined;
}

const maxFound = 10_000;

/** A draft with the content of a revision. */
export function draftFrom(revision: StoredRevision): RevisionDraft {
  const { content, syntax, tags, variables, declaredVariables, settings, data, meta } = revision;
  return {
    content,
    syntax,
    title: revision.title ?? null,
    description: revision.description ?? null,
    tags,
    variables,
    declaredVariables,
    settings,
    data,
    meta,
    packaging: revision.packaging ?? null,
  };
}

/** The draft on which the first revision of a prompt is based. */
export function emptyDraft({
  title,
  description,
  tags,
}: Pick<Prompt, 'title' | 'description' | 'tags'>): RevisionDraft {
  return {
    content: '',
    syntax: 'braces',
    title: title ?? null,
    description,
    tags,
    variables: [],
    declaredVariables: 0,
    settings: {},
    data: {},
    meta: {},
    packaging: null,
  };
}

/** @throws ValidationFailed for a text with too many variables */
export function applyChange(before: RevisionDraft, change: RevisionChange): RevisionDraft {
  const content = change.content ?? before.content;
  const syntax = change.syntax ?? before.syntax;
  const declared = change.variables ?? remainingDeclarations(before, content, syntax);
  const variables = withFound(declared, content, syntax);
  if (variables.length - declared.length > maxFound) {
    throw ValidationFailed({ content: `must use at most ${maxFound} variables` });
  }
  return {
    content,
    syntax,
    title: change.title ?? before.title,
    description: change.description ?? before.description,
    tags: change.tags ?? before.tags,
    variables,
    declaredVariables: declared.length,
    settings: change.settings ?? before.settings,
    data: change.data ?? before.data,
    meta: change.meta ?? before.meta,
    packaging: packagingWith(before.packaging, change.readme),
  };
}

/** Keeps declarations, except those of variables that the text no longer uses. */
function remainingDeclarations(before: RevisionDraft, content: string, syntax: TemplateSyntax): TemplateVariable[] {
  const declared = before.variables.slice(0, before.declaredVariables);
  if (content === before.content) return declared;
  const used = variableNames(before.content, before.syntax);
  const stillUsed = variableNames(content, syntax);
  return declared.filter(({ name }) => stillUsed.has(name) || !used.has(name));
}

function variableNames(content: string, syntax: TemplateSyntax): Set<string> {
  return new Set(findVariables(content, syntax).map(({ name }) => name));
}

function packagingWith(before: Packaging | null, readme: string | null | undefined): Packaging | null {
  if (readme == null) return before;
  return packagingOf({ author: null, extra: {}, ...before, readme: readme === '' ? null : readme });
}
