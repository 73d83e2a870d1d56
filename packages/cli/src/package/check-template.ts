import { type TemplateSyntax, tokenize } from '@promptyard/template/tokenize.js';
import { isPromptVariable } from '@promptyard/template/variables.js';
import { lineAt, type Problem } from './problem.js';

const templateFile = 'prompt.md';

/** The differences between text and manifest. They are warnings: an undeclared variable becomes an optional input. */
export function checkTemplate(
  text: string,
  syntax: TemplateSyntax,
  declared: ReadonlyMap<string, number | undefined>,
): Problem[] {
  const used = new Map<string, number>();
  for (const token of tokenize(text, syntax)) {
    if (isPromptVariable(token, syntax) && !used.has(token.name)) used.set(token.name, token.start);
  }
  const undeclared = [...used].filter(([name]) => !declared.has(name));
  const unused = [...declared].filter(([name]) => !used.has(name));
  return [
    ...undeclared.map(([name, offset]) => {
      const message = `${name} is not declared in prompt.yaml: it becomes an optional input`;
      return { file: templateFile, line: lineAt(text, offset), message };
    }),
    ...unused.map(([name, line]) => ({
      file: 'prompt.yaml',
      line,
      message: `${name} is declared, but not used in ${templateFile}`,
    })),
  ];
}
