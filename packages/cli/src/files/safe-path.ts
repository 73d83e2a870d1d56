import { statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * A path of a command: a trusted root, and the steps below it, none of which may be a link. The root is the current
 * folder. For a path that the user gave outside of that folder, the root is the path itself.
 */
export class SafePath {
  private constructor(
    /** As the user wrote it. */
    readonly display: string,
    readonly root: string,
    readonly steps: readonly string[],
  ) {}

  static fromArgument(text: string): SafePath {
    const path = resolve(text);
    const project = process.cwd();
    const known = isWithin(project, path) ? project : ancestorsOf(path).find((each) => isSame(each, project));
    return known === undefined
      ? new SafePath(text, path, [])
      : new SafePath(text, known, relative(known, path).split(sep).filter(Boolean));
  }

  child(...steps: readonly string[]): SafePath {
    return new SafePath(join(this.display, ...steps), this.root, [...this.steps, ...steps]);
  }

  /** Another name in the same folder. */
  sibling(name: string): SafePath {
    return new SafePath(join(this.display, '..', name), this.root, [...this.steps.slice(0, -1), name]);
  }

  /** The path up to so many of its steps. */
  ancestor(count: number): SafePath {
    const left = this.steps.length - count;
    const shown = join(this.display, ...Array.from({ length: left }, () => '..'));
    return new SafePath(shown, this.root, this.steps.slice(0, count));
  }

  get parent(): SafePath {
    return this.ancestor(Math.max(0, this.steps.length - 1));
  }

  get absolute(): string {
    return join(this.root, ...this.steps);
  }

  /** Whether it is the root itself, which may be a link, a pipe or a device. */
  get isTrusted(): boolean {
    return this.steps.length === 0;
  }
}

function isWithin(folder: string, path: string): boolean {
  const relativePath = relative(folder, path);
  return relativePath !== '..' && !relativePath.startsWith(`..${sep}`) && !isAbsolute(relativePath);
}

/** From the root of the file system down. */
function ancestorsOf(path: string): string[] {
  const parent = resolve(path, '..');
  return parent === path ? [path] : [...ancestorsOf(parent), path];
}

/** A folder can have several paths: through a link above it, or in upper or lower case. */
function isSame(one: string, other: string): boolean {
  try {
    const [first, second] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })];
    return first.dev === second.dev && first.ino === second.ino;
  } catch {
    return false;
  }
}
