// Writes the list of hand-written statements into docs/persistence.md, between `<!-- statements -->` and
// `<!-- /statements -->`, from the *.queries.ts of the server. With --check it only says what is wrong: a statement without
// a reason, or a page that is out of date.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import ts from 'typescript';

const page = 'docs/persistence.md';
const markers = /(<!-- statements -->\n)[^]*?(<!-- \/statements -->)/;
const reasonMark = 'By hand: ';
const startsStatement = /^\s*(with|select|insert|update|delete|lock|set|create|alter|drop)\b/i;

const statements = globSync('src/**/*.queries.ts').sort().flatMap(statementsIn);

/** What a file exports that is a statement or makes one, with the reason that stands above it. */
function statementsIn(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.filter(isExported).flatMap((node) => {
    const declarations = ts.isVariableStatement(node) ? node.declarationList.declarations : [node];
    const reason = reasonOf(node, source.text);
    const found = declarations.filter((declaration) => reason !== undefined || isStatement(declaration));
    return found.map((declaration) => ({ file, name: declaration.name.text, reason }));
  });
}

function isExported(node) {
  const isDeclaration = ts.isVariableStatement(node) || ts.isFunctionDeclaration(node);
  return isDeclaration && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

/** A fragment of other statements does not begin like one. */
function isStatement(node) {
  if (ts.isStringLiteralLike(node)) return startsStatement.test(node.text);
  if (ts.isTemplateExpression(node)) return startsStatement.test(node.head.text);
  if (ts.isCallExpression(node) && ['prepared', 'deferred'].includes(node.expression.getText())) return true;
  return node.getChildren().some(isStatement);
}

function reasonOf(node, text) {
  const comments = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  const lines = comments.map(({ pos, end }) => text.slice(pos, end).replace(/^\/\/ ?/, ''));
  const first = lines.findLastIndex((line) => line.startsWith(reasonMark));
  return first < 0 ? undefined : lines.slice(first).join(' ').slice(reasonMark.length);
}

function list() {
  const files = Map.groupBy(statements, ({ file }) => file);
  const sections = [...files].map(([file, found]) => {
    const rows = found.map(({ name, reason }) => `| \`${name}\` | ${sentence(reason ?? '')} |`);
    return [`### ${file}`, '', '| statement | why |', '| --- | --- |', ...rows].join('\n');
  });
  return [`${statements.length} statements in ${files.size} files.`, ...sections].join('\n\n');
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1).replaceAll('|', '\\|');
}

const isCheck = process.argv.includes('--check');
const present = readFileSync(page, 'utf8');
const written = present.replace(markers, (_, before, after) => `${before}\n${list()}\n\n${after}`);
const wanted = await prettier.format(written, { ...(await prettier.resolveConfig(page)), filepath: page });
const problems = statements.filter(({ reason }) => !reason).map(({ file, name }) => `${file}: ${name} has no reason`);
if (!isCheck) writeFileSync(page, wanted);
else if (wanted !== present) problems.push(`${page} does not list the statements as they are: npm run persistence`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
