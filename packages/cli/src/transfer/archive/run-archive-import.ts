import { verifyArchive } from '@promptyard/import/archive/read-archive.js';
import type { NamedInput } from '@promptyard/import/named-input.js';
import type { Api } from '../../api/api.js';
import type { Output } from '../../terminal/output.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { ImportReport } from '../import-report.js';
import { ActingApi } from '../target/acting-api.js';
import { replayArchive } from './replay-archive.js';

/** Brings an exported archive into an owner, once all of it has proved to be what was exported. */
export async function runArchiveImport(
  { api, owner }: { readonly api: Api; readonly owner: string },
  file: NamedInput,
  output: Output,
): Promise<void> {
  const header = await verifyArchive(file);
  const report = new ImportReport('archive', owner, 'prompt');
  await using acting = new ActingApi(api, owner);
  {
    using bar = new ProgressBar(output, 'importing', header.prompts, String);
    await replayArchive(file, { api, acting, owner, report }, () => bar.advance(1));
  }
  report.write(output);
}
