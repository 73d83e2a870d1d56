import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';

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
  /** Those of the manifest, and behind them those that were found in the text. */
  inputs: TemplateVariable[];
  /** How many of the inputs stand in the manifest. */
  declaredInputs: number;
  tags: string[];
  syntax: TemplateSyntax;
  /** What else the manifest says: the keys that the server does not read, in their order. */
  extra: JsonObject;
  template: string;
  /** README.md for people to read: its first MiB, with U+FFFD for what is not text. */
  readme: string | null;
  files: PackageFile[];
}
