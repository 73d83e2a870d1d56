import type { Source } from '@promptyard/import/source.js';
import type { Api } from '../api/api.js';
import type { Output } from '../terminal/output.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { ImportReport } from './import-report.js';
import { inParallel } from './in-parallel.js';
import { ActingApi } from './target/acting-api.js';
import { PromptImporter } from './target/prompt-importer.js';

interface Into {
  readonly api: Api;
  readonly owner: string;
  readonly visibility: 'public' | 'private';
}

/** Brings all prompts of a source, several at once, and says how far it is and what became of them. */
export async function importAll(source: Source, into: Into, output: Output): Promise<void> {
  const report = new ImportReport(source.kind, into.owner, 'prompt');
  const listing = await source.list();
  for (const { item, reason } of listing.refused ?? []) report.refuse(item, reason);
  await using acting = new ActingApi(into.api, into.owner);
  const importer = new PromptImporter({ ...into, acting }, { kind: source.kind, from: source.from });
  {
    using bar = new ProgressBar(output, 'importing', listing.prompts.length, String);
    await inParallel(listing.prompts, async (listed) => {
      await report.watch(listed.label, async () => importer.import(await listed.load()));
      bar.advance(1);
    });
  }
  report.write(output);
}
