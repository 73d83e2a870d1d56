import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { codeOf, ifPresent } from '../node-errors.js';

const PlatformPackage = z.object({ postgres: z.string(), initdb: z.string() });
const Manifest = z.object({ version: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** PostgreSQL's programs, with the libraries that they load from next to them. */
export interface PostgresBinaries {
  /** The npm package, or a copy of it: `native/` below it holds everything. */
  readonly packageFolder: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly version: string;
  readonly majorVersion: string;
}

/** Finds the optional dependency that carries PostgreSQL for this platform. */
export async function findBinaries(
  platform: string = process.platform,
  architecture: string = process.arch,
): Promise<PostgresBinaries> {
  const target = `${platform === 'win32' ? 'windows' : platform}-${architecture}`;
  const paths = PlatformPackage.parse(await importPlatformPackage(target));
  const packageFolder = resolve(dirname(paths.postgres), '..', '..');
  const { version } = Manifest.parse(JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')));
  return { packageFolder, ...paths, version, majorVersion: version.split('.', 1).join() };
}

async function importPlatformPackage(target: string): Promise<unknown> {
  const name = `@embedded-postgres/${target}`;
  try {
    return await import(name);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${target} (the optional package ${name} is not installed): set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** The same programs in another place. */
export function relocate(binaries: PostgresBinaries, packageFolder: string): PostgresBinaries {
  const program = (path: string) => join(packageFolder, 'native', 'bin', basename(path));
  return { ...binaries, packageFolder, postgres: program(binaries.postgres), initdb: program(binaries.initdb) };
}

/**
 * Makes the links between library names that npm packages cannot carry. The package's own install script does the
 * same, but does not run under `npm ci --ignore-scripts`.
 */
export function restoreLinks(packageFolder: string): void {
  const list = ifPresent(() => readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of list === undefined ? [] : Links.parse(JSON.parse(list))) {
    const link = join(packageFolder, target);
    if (ifPresent(() => lstatSync(link)) === undefined) makeLink(relative(dirname(target), source), link);
  }
}

function makeLink(target: string, link: string): void {
  try {
    symlinkSync(target, link);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return;
    throw new EmbeddedPostgresError(
      `PostgreSQL's library ${link} is missing: run "npm rebuild" once, or set DATABASE_URL.`,
      { cause },
    );
  }
}
