import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes files below a folder. */
export function writeFolder(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** The least files that make a package. */
export function packageFiles(name: string, version: string, template = 'Write about {{topic}}.\n') {
  const manifest = `name: ${name}\nversion: ${version}\ndescription: About a topic.\ninputs:\n  - name: topic\n    required: true\n`;
  return { 'prompt.yaml': manifest, 'prompt.md': template };
}
