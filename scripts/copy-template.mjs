// Copies what renders templates into the generated client, byte for byte: copy-template.mjs <folder of the client's code>.
// `npm run client` runs this behind the generator, so that the test of the generated code proves the copy, too.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src', import.meta.url));
const [target] = process.argv.slice(2);
if (!target) throw new Error('Where to?');

/** The folder is pure; this is all that it imports. */
for (const part of ['prompts/template', 'common/json.ts']) {
  cpSync(join(source, part), join(target, part), { recursive: true });
}
