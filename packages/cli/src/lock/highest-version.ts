import { maxSatisfying } from 'semver';

interface ListedVersion {
  readonly version: string;
  readonly yanked?: boolean | undefined;
}

/** The highest version in a range that is not yanked. */
export function highestVersion<V extends ListedVersion>(versions: readonly V[], range = '*'): V | undefined {
  const offered = versions.filter(({ yanked }) => yanked !== true);
  const highest = maxSatisfying(
    offered.map(({ version }) => version),
    range,
  );
  return offered.find(({ version }) => version === highest);
}
