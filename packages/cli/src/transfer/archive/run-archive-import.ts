import { verifyArchive } from '@promptyard/import/archive/read-archive.js';
import type { NamedInput } from '@promptyard/import/named-input.js';
import type { ApiClient } from '../../api/api-client.js';
import type { Output } from '../../terminal/output.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { ImportReport } from '../import-report.js';
import { ProtocolClient } from '../target/protocol-client.js';
import { replayArchive } from './replay-archive.js';

/** Imports an exported archive into an owner, after the whole archive was verified. */
export async function runArchiveImport(
  { api, owner }: { readonly api: ApiClient; readonly owner: string },
  file: NamedInput,
  output: Output,
): Promise<void> {
  const header = await verifyArchive(file);
  const report = new ImportReport('archive', owner, 'prompt');
  await using protocols = new ProtocolClient(api, owner);
  {
    using bar = new ProgressBar(output, 'importing', header.prompts, String);
    await replayArchive(file, { api, protocols, owner, report }, () => bar.advance(1));
  }
  report.write(output);
}
