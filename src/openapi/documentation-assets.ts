import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { StaticContent } from '../common/http/compression/static-content.js';
import { startScript } from './documentation-page.js';

const resolve = createRequire(import.meta.url).resolve;
const cacheControl = 'public, max-age=31536000, immutable';

/** The files of Swagger UI. Their address contains their version, so that browsers never ask for them again. */
export class DocumentationAssets {
  readonly version: string;
  private readonly contents: ReadonlyMap<string, StaticContent>;

  constructor() {
    const manifest = JSON.parse(readFileSync(resolve('swagger-ui-dist/package.json'), 'utf8')) as { version: string };
    this.version = `${manifest.version}-${createHash('sha256').update(startScript).digest('hex').slice(0, 8)}`;
    this.contents = new Map([
      ['swagger-ui.css', libraryFile('swagger-ui.css', 'text/css; charset=utf-8')],
      ['swagger-ui-bundle.js', libraryFile('swagger-ui-bundle.js', 'text/javascript; charset=utf-8')],
      ['favicon-32x32.png', libraryFile('favicon-32x32.png', 'image/png', false)],
      ['start.js', startFile()],
    ]);
  }

  /** Undefined if this version has no such file. */
  find(version: string, name: string): StaticContent | undefined {
    return version === this.version ? this.contents.get(name) : undefined;
  }
}

function libraryFile(name: string, type: string, isCompressible = true): StaticContent {
  return new StaticContent(() => readFile(resolve(`swagger-ui-dist/${name}`)), { type, cacheControl, isCompressible });
}

function startFile(): StaticContent {
  const type = 'text/javascript; charset=utf-8';
  return new StaticContent(() => Promise.resolve(Buffer.from(startScript)), { type, cacheControl, isCompressible: false });
}
