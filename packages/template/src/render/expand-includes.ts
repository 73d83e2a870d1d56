import { includeKey } from '../includes.js';
import { type TemplateVariable, withFound } from '../template-variable.js';
import { type IncludeToken, type Token, tokenize } from '../tokenize.js';
import { isClientVariable } from '../variables.js';
import { RenderLimits } from './limits.js';
import type { LoadedParts, TemplatePart } from './template-part.js';
import type { ProblemList } from './template-problems.js';

export const tooManyIncludesMessage = `includes more than ${RenderLimits.expansions} parts`;

/** A part that was parsed once for all places that include it. */
export interface ParsedPart<Part extends TemplatePart> {
  readonly part: Part;
  readonly tokens: readonly Token[];
  readonly references: readonly IncludeToken[];
  /**
   * The declared or used variables. Declarations of system variables are ignored, because the client fills those in.
   */
  readonly variables: readonly TemplateVariable[];
  /** The targets of its includes, by `includeKey`. */
  readonly includes: Map<string, ParsedPart<Part>>;
}

export interface IncludeTree<Part extends TemplatePart> {
  readonly root: ParsedPart<Part>;
  /** All other parts, each once, in the order of first use. */
  readonly included: readonly ParsedPart<Part>[];
}

/** Follows every include of `root`; without a problem the tree has no cycle and is as small as the limits say. */
export function expandIncludes<Part extends TemplatePart>(
  root: Part,
  parts: LoadedParts<Part>,
  problems: ProblemList,
): IncludeTree<Part> {
  const expansion = new Expansion(parts, problems);
  const parsed = expansion.parse(root);
  expansion.follow(parsed, [root.id]);
  return { root: parsed, included: [...expansion.parsed.values()].filter((other) => other !== parsed) };
}

class Expansion<Part extends TemplatePart> {
  readonly parsed = new Map<Part, ParsedPart<Part>>();
  private expansions = 0;

  constructor(
    private readonly parts: LoadedParts<Part>,
    private readonly problems: ProblemList,
  ) {}

  parse(part: Part): ParsedPart<Part> {
    const cached = this.parsed.get(part);
    if (cached) return cached;
    const parsed = parsePart(part);
    this.parsed.set(part, parsed);
    return parsed;
  }

  /** `path` holds the ids from the root down to this part. */
  follow({ references, includes }: ParsedPart<Part>, path: readonly string[]): void {
    for (const reference of references) {
      if (this.expansions === RenderLimits.expansions) return this.problems.add('content', tooManyIncludesMessage);
      this.expansions += 1;
      const part = this.resolve(reference, path);
      if (!part) continue;
      const parsed = this.parse(part);
      includes.set(includeKey(reference), parsed);
      this.follow(parsed, [...path, part.id]);
    }
  }

  /** The part of the reference, unless it is not allowed here. A cycle is reported even at the deepest level. */
  private resolve(reference: IncludeToken, path: readonly string[]): Part | undefined {
    const key = includeKey(reference);
    const part = this.parts.get(key);
    const problem = problemOf(part, key, path);
    if (problem === undefined) return part;
    this.problems.add('content', problem);
    return undefined;
  }
}

function parsePart<Part extends TemplatePart>(part: Part): ParsedPart<Part> {
  const { text, syntax, variables } = part;
  const tokens = [...tokenize(text, syntax)];
  const references = tokens.filter((token) => token.kind === 'include');
  const promptVariables = withFound(variables, text, syntax).filter(({ name }) => !isClientVariable(name, syntax));
  return { part, tokens, references, variables: promptVariables, includes: new Map() };
}

function problemOf(part: TemplatePart | undefined, key: string, path: readonly string[]): string | undefined {
  const cycleStart = part ? path.indexOf(part.id) : -1;
  if (part && cycleStart >= 0) return `includes itself: ${[...path.slice(cycleStart), part.id].join(' -> ')}`;
  if (path.length > RenderLimits.depth) {
    return `includes more than ${RenderLimits.depth} levels deep: ${[...path, key].join(' -> ')}`;
  }
  return part ? undefined : `include not found: ${key}`;
}
