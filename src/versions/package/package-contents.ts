import type { JsonObject } from '../../common/json.js';
import type { TemplateVariable } from '../../prompts/template/template-variable.js';
import type { TemplateSyntax } from '../../prompts/template/tokenize.js';

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
  inputs: TemplateVariable[];
  tags: string[];
  syntax: TemplateSyntax;
  template: string;
  /** README.md for people to read: its first MiB, with U+FFFD for what is not text. */
  readme: string | null;
  files: PackageFile[];
}
