import { parse } from 'csv-parse';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { ImportFailure } from '../import-failure.js';
import type { NamedInput } from '../named-input.js';
import type { ListedPrompt, Listing, Source } from '../source.js';

const Row = z.looseObject({
  act: z.string().trim().min(1),
  prompt: z.string().min(1),
  contributor: z.string().optional(),
});
type Row = z.output<typeof Row>;

/** The CSV of prompts.chat: one prompt a line, with the columns `act` and `prompt`. */
export class PromptsChatFile implements Source {
  readonly kind = 'prompts.chat';

  constructor(private readonly file: NamedInput) {}

  async list(): Promise<Listing> {
    const prompts = new Map<string, ListedPrompt>();
    const refused = [];
    for (const [index, record] of (await this.rows()).entries()) {
      const { data: row } = Row.safeParse(record);
      const item = `row ${index + 2}`;
      if (!row) refused.push({ item, reason: 'it needs an act and a prompt' });
      else if (prompts.has(row.act)) refused.push({ item, reason: `${row.act} is there twice: the first one counts` });
      else prompts.set(row.act, toListedPrompt(row));
    }
    return { prompts: [...prompts.values()], refused };
  }

  private async rows(): Promise<unknown[]> {
    const rows: unknown[] = [];
    const input = await this.file.open();
    try {
      await pipeline(
        input,
        parse({ bom: true, columns: true, skip_empty_lines: true, relax_column_count: true }),
        async (records: AsyncIterable<unknown>) => {
          for await (const record of records) rows.push(record);
        },
      );
    } catch (error) {
      if (!(error instanceof Error) || 'syscall' in error) throw error;
      throw new ImportFailure(`${this.file.name} is no CSV: ${error.message}`, { code: 'BROKEN_FILE', cause: error });
    }
    return rows;
  }
}

function toListedPrompt({ act, prompt, contributor }: Row): ListedPrompt {
  const revision = {
    version: '1',
    content: prompt,
    syntax: 'braces' as const,
    title: act,
    description: '',
    tags: [],
    settings: {},
    data: {},
    meta: {},
    message: '',
    author: contributor === '' ? undefined : contributor,
    labels: ['production'],
  };
  const load = () => Promise.resolve({ id: act, name: act, keepsName: false, revisions: [revision] } as const);
  return { label: act, load };
}
