import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder beside a project. No command may show, change or remove anything in it. */
export class OutsideFolder {
  readonly path: string;
  private readonly before: unknown;

  constructor(parent: string) {
    this.path = join(parent, 'outside');
    mkdirSync(join(this.path, 'acme/greeting/deep'), { recursive: true });
    mkdirSync(join(this.path, 'empty'));
    writeFileSync(join(this.path, 'acme/greeting/prompt.md'), 'The secret of another project.\n');
    writeFileSync(join(this.path, 'acme/greeting/prompt.yaml'), 'name: greeting\nversion: 1.0.0\n');
    writeFileSync(join(this.path, 'acme/greeting/deep/.hidden'), Buffer.from([0, 1, 2, 255]));
    writeFileSync(join(this.path, 'file.json'), '{"dependencies":{}}');
    writeFileSync(join(this.path, 'lock.json'), '{"format":1,"packages":{}}');
    chmodSync(join(this.path, 'file.json'), 0o640);
    this.before = everythingBelow(this.path);
  }

  expectUntouched(): void {
    expect(everythingBelow(this.path)).toEqual(this.before);
  }
}

/** Every name below a folder with its kind, mode, time, identity and content. */
export function everythingBelow(folder: string): unknown {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mode, mtimeMs, ino } = lstatSync(path);
      return { name, mode, mtimeMs, ino, content: contentOf(path) };
    });
}

function contentOf(path: string): string | undefined {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return readlinkSync(path);
  return found.isFile() ? readFileSync(path, 'base64') : undefined;
}
