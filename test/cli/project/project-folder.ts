import { globSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf } from '../../support/packages.js';
import { aPrompt, type TestPrompt, uploadVersion } from '../../support/prompts.js';
import type { TestServer } from '../../support/test-server.js';
import { type CliRun, type CliRunOptions, CliUser } from '../run-cli.js';

export const greeting = (version: string) => `Hello {{who}}, this is ${version}.\n`;

/** A prompt with versions that differ. */
export async function aPackage(server: TestServer, name: string, ...versions: readonly string[]): Promise<TestPrompt> {
  const prompt = await aPrompt(server, name).make();
  for (const version of versions) await release(server, prompt, version);
  return prompt;
}

export async function release(server: TestServer, prompt: TestPrompt, version: string): Promise<void> {
  const archive = await packageOf({ name: prompt.name, version, template: greeting(version), readme: 'Read me.\n' });
  const { status, text } = await uploadVersion(server, prompt, server.adminKey, version, archive);
  if (status !== 201) throw new Error(`no version: ${text}`);
}

/** Changes one byte of a stored archive, as a disk error or an attacker would. */
export function tamperWith(server: TestServer, name: string, version: string): void {
  const [file] = globSync(`${server.dataDirectory}/**/${name}/${version}.tar.gz.object`);
  if (file === undefined) throw new Error('there is no such object');
  const bytes = readFileSync(file);
  const at = bytes.indexOf('Hello');
  bytes.write('Jello', at);
  writeFileSync(file, bytes);
}

/** A folder with a project of a user, in which the tool runs. */
export class ProjectFolder {
  readonly path: string;

  constructor(readonly user: CliUser) {
    this.path = mkdtempSync(join(user.home, 'project-'));
  }

  run(args: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
    return this.user.run(args, { cwd: this.path, ...options });
  }

  start(args: readonly string[]): ReturnType<CliUser['start']> {
    return this.user.start(args, { cwd: this.path });
  }

  async json(args: readonly string[], options: CliRunOptions = {}) {
    return this.user.json(args, { cwd: this.path, ...options });
  }

  /** Runs a command that must fail, and returns its exit code and its error as JSON. */
  async failure(args: readonly string[], options: CliRunOptions = {}) {
    const { code, stdout } = await this.run([...args, '--json'], options);
    return { exit: code, ...JSON.parse(stdout).error };
  }

  depend(dependencies: Readonly<Record<string, string>>): void {
    this.write('promptyard.json', JSON.stringify({ dependencies }));
  }

  read(path: string): string {
    return readFileSync(join(this.path, path), 'utf8');
  }

  lock() {
    return JSON.parse(this.read('prompts.lock')).packages;
  }

  /** Writes what `change` makes of the lock. */
  editLock(change: (packages: ReturnType<ProjectFolder['lock']>) => void): void {
    const packages = this.lock();
    change(packages);
    this.write('prompts.lock', JSON.stringify({ format: 1, packages }));
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.path, path, '..'), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }

  /** All files below the project with their contents. */
  files(): Record<string, string> {
    const found = globSync('**/*', { cwd: this.path, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = found.map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(paths.map((path) => [path.slice(this.path.length + 1), readFileSync(path, 'utf8')]));
  }
}
