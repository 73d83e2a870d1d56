import { SafePath } from '../../files/safe-path.js';
import type { Output } from '../../terminal/output.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { ImportReport } from '../import-report.js';
import { forEachConcurrently } from '../concurrency.js';
import { findPackages } from './find-packages.js';
import { PackageImporter, type PackageTarget } from './package-importer.js';

/** Publishes every package below a folder, several prompts concurrently, and reports the results. */
export async function runPackageImport(target: PackageTarget, folder: string, output: Output): Promise<void> {
  const report = new ImportReport('packages', target.owner, 'package');
  const lines = await findPackages(SafePath.fromArgument(folder), report);
  const importer = new PackageImporter(target, report);
  {
    const total = lines.reduce((sum, { packages }) => sum + packages.length, 0);
    using bar = new ProgressBar(output, 'importing', total, String);
    await forEachConcurrently(lines, (line) => importer.import(line, () => bar.advance(1)));
  }
  report.write(output);
}
