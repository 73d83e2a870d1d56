import { Injectable } from '@nestjs/common';
import { includeKey } from '@promptyard/template/includes.js';
import { loadIncludes } from '@promptyard/template/render/load-includes.js';
import type { LoadedParts, TemplatePart } from '@promptyard/template/render/template-part.js';
import { TemplateProblems } from '@promptyard/template/render/template-problems.js';
import type { IncludeReference } from '@promptyard/template/tokenize.js';
import type { Caller } from '../../auth/access/principal.js';
import { type FoundInclude, type IncludedText, IncludeReader } from './include-reader.js';
import type { RenderedPart } from './render.dto.js';

/** A part with its entry in the receipt. */
export interface SourcedPart extends TemplatePart {
  readonly source: RenderedPart;
}

/** The limit keeps a small request from filling the memory of the server. */
const maxBytes = 8 * 1024 * 1024;

/** Loads everything that a template includes and the caller may read, with two statements for each depth. */
@Injectable()
export class IncludeLoader {
  constructor(private readonly includes: IncludeReader) {}

  /** @throws TemplateProblems when there is too much of it */
  load(root: SourcedPart, caller: Caller): Promise<LoadedParts<SourcedPart>> {
    const parts = new Map<string, SourcedPart>();
    let bytes = 0;
    return loadIncludes(root, async (references) => {
      const found = await this.includes.find(references, caller);
      const missing = new Map<string, FoundInclude>();
      for (const include of found) {
        if (parts.has(include.id) || missing.has(include.id)) continue;
        missing.set(include.id, include);
        bytes += include.bytes;
      }
      if (bytes > maxBytes) throw new TemplateProblems({ content: `includes more than ${maxBytes} bytes` });
      for (const text of missing.size === 0 ? [] : await this.includes.texts([...missing.keys()])) {
        const include = missing.get(text.id);
        if (include) parts.set(text.id, toPart(include, text));
      }
      return byKey(references, found, parts);
    });
  }
}

/** Several references to a revision share one object. */
function byKey(
  references: readonly IncludeReference[],
  found: readonly FoundInclude[],
  parts: ReadonlyMap<string, SourcedPart>,
): Map<string, SourcedPart> {
  const loaded = new Map<string, SourcedPart>();
  for (const { index, id } of found) {
    const [reference, part] = [references[index], parts.get(id)];
    if (reference && part) loaded.set(includeKey(reference), part);
  }
  return loaded;
}

function toPart({ owner, name, label, number, digest }: FoundInclude, { content, syntax, variables }: IncludedText) {
  const source = { owner, name, label, revision: number, digest: `sha256:${digest}` };
  return { id: `${owner}/${name}`, text: content, syntax, variables, source };
}
