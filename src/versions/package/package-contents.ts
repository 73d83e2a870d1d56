import type { TemplateSyntax } from '../../prompts/template/tokenize.js';

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

export interface JsonObject {
  [key: string]: JsonValue;
}

/** A variable that the package asks for. Whatever else its author wrote about it is kept. */
export interface PackageInput extends JsonObject {
  name: string;
  required: boolean;
}

export interface PackageFile {
  path: string;
  size: number;
}

/** What a version is made from. The manifest is the truth; `prompt.md` only adds variables that it forgot. */
export interface PackageContents {
  /** All of `prompt.yaml`, unknown keys included; holds only what JSON and a text column can hold. */
  manifest: JsonObject;
  description: string | null;
  author: string | null;
  inputs: PackageInput[];
  tags: string[];
  syntax: TemplateSyntax;
  template: string;
  /** README.md for people to read: its first MiB, with U+FFFD for what is not text. */
  readme: string | null;
  files: PackageFile[];
}
