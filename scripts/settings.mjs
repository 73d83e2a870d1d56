// Writes the documentation of the settings from the schemas that check them: .env.example, and the table between
// `<!-- settings -->` and `<!-- /settings -->` in docs/operate/settings.md. With --check it only says what is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { settingSchemas } from '../dist/config/config.js';

const page = 'docs/operate/settings.md';
const widestColumn = 110;
const markers = /(<!-- settings -->\n)[^]*?(<!-- \/settings -->)/;

const topics = Object.entries(settingSchemas).map(([name, schema]) => ({
  title: titleOf(name),
  settings: Object.entries(objectIn(schema).shape).map(([setting, field]) => describe(setting, field)),
}));

/** `databaseSettings` is about the "Database". */
function titleOf(name) {
  const words = name.replace(/Settings$/, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The object schema that parses the environment, without the transformation that may follow it. */
function objectIn(schema) {
  const object = schema instanceof z.ZodPipe ? objectIn(schema.in) : schema;
  if (!(object instanceof z.ZodObject)) throw new Error(`expected an object of settings, found ${object.type}`);
  return object;
}

/** The default is the value that the field has when the variable is not set. */
function describe(name, field) {
  if (!field.description) throw new Error(`${name} has no description`);
  const fallback = field.parse(undefined);
  return { name, description: field.description, fallback: fallback === undefined ? '' : String(fallback) };
}

function envExample() {
  const head = [
    '# The settings of Promptyard, each with its default. None is required: what stands here after a # holds anyway.',
    '# Copy this file to .env, or set variables of the environment, which win. `npm run settings` writes this file.',
  ];
  const sections = topics.map(({ title, settings }) => [
    `## ${title}`,
    ...settings.flatMap(({ name, description, fallback }) => ['', ...comment(description), `#${name}=${fallback}`]),
  ]);
  return `${[head, ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function comment(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last.length + word.length > widestColumn) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.map((line) => `# ${line}`);
}

function table() {
  const rows = topics.flatMap(({ settings }) =>
    settings.map(({ name, description, fallback }) => [
      `\`${name}\``,
      fallback && `\`${fallback}\``,
      cell(description),
    ]),
  );
  const widths = ['Setting', 'Default', 'Meaning'].map((head, i) =>
    Math.max(head.length, ...rows.map((row) => row[i].length)),
  );
  const line = (cells) => `| ${cells.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  return [
    line(['Setting', 'Default', 'Meaning']),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
  ].join('\n');
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}

function settingsPage() {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
  if (!markers.test(text)) return undefined;
  return text.replace(markers, (_, before, after) => `${before}\n${table()}\n\n${after}`);
}

const isCheck = process.argv.includes('--check');
for (const [file, wanted] of Object.entries({ '.env.example': envExample(), [page]: settingsPage() })) {
  const present = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (wanted === undefined || wanted === present) continue;
  if (!isCheck) writeFileSync(file, wanted);
  else console.error(`${file} does not show the settings as they are: npm run settings`);
  if (isCheck) process.exitCode = 1;
}
