import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';

export interface PackageFile {
  path: string;
  size: number;
}

/** The contents of a package. The manifest decides; `prompt.md` only adds undeclared variables. */
export interface PackageContents {
  /** All of `prompt.yaml`, unknown keys included; holds only what JSON and a text column can hold. */
  manifest: JsonObject;
  description: string | null;
  author: string | null;
  /** The inputs of the manifest, followed by variables that were found in the text. */
  inputs: TemplateVariable[];
  /** How many of the inputs the manifest contains. */
  declaredInputs: number;
  tags: string[];
  syntax: TemplateSyntax;
  /** The unknown keys of the manifest, in their order. */
  extra: JsonObject;
  template: string;
  /** README.md for people to read: its first MiB, with U+FFFD for what is not text. */
  readme: string | null;
  files: PackageFile[];
}
