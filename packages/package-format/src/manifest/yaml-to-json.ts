import { type Alias, isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import type { JsonObject, JsonValue } from '@promptyard/template/json.js';
import { packageLimits } from '../package-limits.js';
import { InvalidPackage, quote } from '../invalid-package.js';
import type { YamlMapping } from './read-yaml.js';
import type { ExtractedTexts } from './syntax-tree.js';
import { tooDeep } from './yaml-limits.js';

const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const wholeNumberPattern = /^([-+]?[0-9]+|0[xo][0-9a-fA-F]+)$/;

/** A mapping as JSON that any database takes, with the rules that YAML itself does not have. Throws InvalidPackage. */
export function yamlToJson({ root, texts }: YamlMapping): JsonObject {
  return new Conversion(texts).mapping(root, 1);
}

class Conversion {
  /** Undefined while the anchored value is being read, because an alias within it would be infinite. */
  private readonly anchors = new Map<string, JsonValue | undefined>();
  private aliasedSize = 0;

  constructor(private readonly texts: ExtractedTexts) {}

  mapping(node: YAMLMap, depth: number): JsonObject {
    const result: JsonObject = {};
    for (const { key, value } of node.items) {
      const name = this.key(key);
      if (Object.hasOwn(result, name)) throw new InvalidPackage(`prompt.yaml has the key ${quote(name)} twice`);
      result[name] = this.value(value, depth);
    }
    return result;
  }

  /** Keys are text: `1`, `true` or `~` stay as they are written. */
  private key(node: unknown): string {
    if (!isScalar(node)) throw new InvalidPackage('prompt.yaml has a key that is not text');
    const value = this.scalar(node);
    const name = typeof value === 'string' ? value : (node.source ?? '');
    if (forbiddenKeys.has(name)) throw new InvalidPackage(`prompt.yaml has the forbidden key ${quote(name)}`);
    if (node.anchor) this.anchors.set(node.anchor, name);
    return name;
  }

  private value(node: unknown, parentDepth: number): JsonValue {
    if (isAlias(node)) return this.aliased(node, parentDepth);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor) this.anchors.set(anchor, undefined);
    const value = this.plain(node, parentDepth);
    if (anchor) this.anchors.set(anchor, value);
    return value;
  }

  private plain(node: unknown, parentDepth: number): JsonValue {
    if (isScalar(node)) return this.scalar(node);
    const depth = nextDepth(parentDepth);
    if (isMap(node)) return this.mapping(node, depth);
    return isSeq(node) ? node.items.map((item) => this.value(item, depth)) : null;
  }

  private scalar({ value, source = '', srcToken }: Scalar): JsonValue {
    const extracted = srcToken && this.texts.get(srcToken);
    if (extracted !== undefined) return assertText(extracted);
    if (typeof value === 'string') return assertText(value);
    if (typeof value === 'number') return jsonNumber(value, source);
    return typeof value === 'boolean' ? value : null;
  }

  private aliased({ source }: Alias, parentDepth: number): JsonValue {
    const value = this.anchors.get(source);
    if (value !== undefined) return this.copy(value, parentDepth);
    const why = this.anchors.has(source) ? 'stands within the value that it repeats' : 'has no anchor before it';
    throw new InvalidPackage(`prompt.yaml: the alias ${quote(`*${source}`)} ${why}`);
  }

  /**
   * Copies the value of an alias and counts its size, because a few lines of nested aliases can expand to gigabytes.
   */
  private copy(value: JsonValue, parentDepth: number): JsonValue {
    this.countAliased(typeof value === 'string' ? value : '');
    if (value === null || typeof value !== 'object') return value;
    const depth = nextDepth(parentDepth);
    if (Array.isArray(value)) return value.map((item) => this.copy(item, depth));
    const entries = Object.entries(value).map(([key, item]) => {
      this.countAliased(key);
      return [key, this.copy(item, depth)] as const;
    });
    return Object.fromEntries(entries);
  }

  private countAliased(text: string): void {
    this.aliasedSize += 1 + text.length;
    if (this.aliasedSize > packageLimits.manifestAliasedSize)
      throw new InvalidPackage('prompt.yaml grows too much by aliases');
  }
}

function nextDepth(depth: number): number {
  if (depth >= packageLimits.manifestDepth) throw tooDeep();
  return depth + 1;
}

/** A number that JSON cannot represent exactly stays text. */
function jsonNumber(value: number, written: string): JsonValue {
  const changed = wholeNumberPattern.test(written) && !Number.isSafeInteger(value) && String(value) !== written;
  return Number.isFinite(value) && !changed ? value : written;
}

/** YAML can write characters as escapes that no text column takes. */
function assertText(text: string): string {
  if (text.includes('\0')) throw new InvalidPackage('prompt.yaml holds the escape of a NUL character');
  if (!text.isWellFormed()) throw new InvalidPackage('prompt.yaml holds the escape of half a surrogate pair');
  return text;
}
