/** The minimum version of Node.js; `engines` in package.json has the same. */
const minVersion = [22, 22] as const;

/**
 * Ends the process with one line if Node.js is too old. An entry point calls it before it imports anything else,
 * because the imports would not load there.
 */
export function requireNode(program: string): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > minVersion[0] || (major === minVersion[0] && minor >= minVersion[1])) return;
  process.stderr.write(
    `${program}: Node.js ${minVersion.join('.')} or newer is needed; this is ${process.versions.node}.\n`,
  );
  process.exit(1);
}
