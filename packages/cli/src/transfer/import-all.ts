import type { Source } from '@promptyard/import/source.js';
import type { ApiClient } from '../api/api-client.js';
import type { Output } from '../terminal/output.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { ImportReport } from './import-report.js';
import { forEachConcurrently } from './concurrency.js';
import { ProtocolClient } from './target/protocol-client.js';
import { PromptImporter } from './target/prompt-importer.js';

interface ImportDestination {
  readonly api: ApiClient;
  readonly owner: string;
  readonly visibility: 'public' | 'private';
}

/** Imports all prompts of a source, several concurrently, with progress and a report. */
export async function importAll(source: Source, into: ImportDestination, output: Output): Promise<void> {
  const report = new ImportReport(source.kind, into.owner, 'prompt');
  const listing = await source.list();
  for (const { item, reason } of listing.refused ?? []) report.addRefusal(item, reason);
  await using protocols = new ProtocolClient(into.api, into.owner);
  const importer = new PromptImporter({ ...into, protocols }, { kind: source.kind, from: source.from });
  {
    using bar = new ProgressBar(output, 'importing', listing.prompts.length, String);
    await forEachConcurrently(listing.prompts, async (listed) => {
      await report.track(listed.label, async () => importer.import(await listed.load()));
      bar.advance(1);
    });
  }
  report.write(output);
}
