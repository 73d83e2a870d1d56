/** The least version of Node.js that this runs on; `engines` in package.json says the same. */
const least = [22, 22] as const;

/**
 * Ends the process in one line on a version that is too old. An entry point calls it before it imports anything else:
 * what it would import does not even load there.
 */
export function requireNode(program: string): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return;
  process.stderr.write(
    `${program}: Node.js ${least.join('.')} or newer is needed; this is ${process.versions.node}.\n`,
  );
  process.exit(1);
}
