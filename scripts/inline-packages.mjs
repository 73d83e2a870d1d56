// What is installed alone carries the compiled code of its neighbours, and imports of `@promptyard/<package>/<file>` lead
// there. Every file stays a module with relative imports, so that a page can load it without a bundler.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const home = '@promptyard';

/** Makes the imports of the named packages lead to their compiled code, which stands in `dist/@promptyard/<package>`. */
export function inlinePackages(dist, names) {
  const specifier = new RegExp(`(['"])${home}/(${names.join('|')})/([\\w./-]+\\.js)\\1`, 'g');
  for (const file of readdirSync(dist, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    const path = join(dist, file);
    const code = readFileSync(path, 'utf8');
    const local = code.replace(specifier, (_, quote, name, inner) => {
      const target = relative(dirname(path), join(dist, home, name, inner));
      return `${quote}${target.startsWith('.') ? '' : './'}${target}${quote}`;
    });
    if (local !== code) writeFileSync(path, local);
  }
}
