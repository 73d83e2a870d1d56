import type { Command } from 'commander';
import { withExamples } from '../../with-examples.js';
import { ExitCode } from '../../cli-error.js';
import { highestVersion } from '../../lock/highest-version.js';
import { requireVersionSpec } from '../../lock/version-spec.js';
import { mapConcurrently } from '../../map-concurrently.js';
import { noProjectError, readProject } from '../../project/project.js';
import { readVersions, selectVersion } from '../../project/registry.js';
import type { Output } from '../../terminal/output.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

interface OutdatedPackage {
  readonly prompt: string;
  /** The locked version; null if there is none. */
  readonly current: string | null;
  /** The version that `install --update` would install; null if there is none. */
  readonly wanted: string | null;
  readonly latest: string | null;
  /** The specifier in promptyard.json. */
  readonly range: string;
}

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Lists the locked packages that have newer versions: `wanted` is the newest that promptyard.json ' +
        'allows, `latest` the newest of all.',
    )
    .option('--exit-code', 'exit with 1 if something is outdated')
    .action((options: { exitCode?: true }) => outdated(cli, options.exitCode === true));
  withExamples(command, 'outdated', 'outdated --exit-code --json');
}

async function outdated({ api, output }: CliContext, failIfOutdated: boolean): Promise<void> {
  const { file, lock } = await readProject();
  if (!file) throw noProjectError();
  const all = await mapConcurrently(
    Object.entries(file.dependencies),
    async ([prompt, range]): Promise<OutdatedPackage> => {
      const versions = await readVersions(api, prompt);
      const wanted = (await selectVersion(api, prompt, requireVersionSpec(prompt, range), versions)) ?? null;
      const latest = highestVersion(versions)?.version ?? null;
      return { prompt, current: lock[prompt]?.version ?? null, wanted, latest, range };
    },
  );
  const items = all.filter(({ current, wanted, latest }) => current !== wanted || current !== latest);
  if (items.length > 0 && failIfOutdated) output.exitCode = ExitCode.failed;
  if (items.length === 0) output.note('all is up to date');
  output.result({ items }, () =>
    items.length === 0 ? [] : formatTable([headings(output), ...items.map((item) => row(item, output))]),
  );
}

function headings(output: Output): string[] {
  return ['Prompt', 'Current', 'Wanted', 'Latest'].map((word) => output.style('underline', word));
}

/** The colours of npm: red if an update is allowed, yellow if promptyard.json has to change first. */
function row({ prompt, current, wanted, latest }: OutdatedPackage, output: Output): string[] {
  const style = current === wanted ? 'yellow' : 'red';
  return [output.style(style, prompt), current ?? 'MISSING', output.style('green', wanted ?? '-'), latest ?? '-'];
}
