import { text as textOf } from 'node:stream/consumers';
import { ImportFailure } from '../import-failure.js';
import type { NamedInput } from '../named-input.js';
import type { ListedPrompt, Listing, Source } from '../source.js';
import { commandOf, liveRevision, OpenWebUiPrompt } from './open-webui-prompt.js';

/** A file that Open WebUI has exported: a JSON array of prompts, without their history. */
export class OpenWebUiFile implements Source {
  readonly kind = 'open-webui';

  constructor(private readonly file: NamedInput) {}

  async list(): Promise<Listing> {
    const prompts: ListedPrompt[] = [];
    const refused = [];
    for (const [index, item] of (await this.read()).entries()) {
      const parsed = OpenWebUiPrompt.safeParse(item);
      if (parsed.success) prompts.push(toListedPrompt(parsed.data));
      else {
        const [issue] = parsed.error.issues;
        refused.push({ item: `prompt ${index + 1}`, reason: `${issue?.path.join('.')} ${issue?.message}` });
      }
    }
    return { prompts, refused };
  }

  private async read(): Promise<unknown[]> {
    const text = await textOf(await this.file.open());
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value)) return value as unknown[];
    } catch (error) {
      throw invalidFileError(this.file.name, error);
    }
    throw invalidFileError(this.file.name);
  }
}

function toListedPrompt(prompt: OpenWebUiPrompt): ListedPrompt {
  const name = commandOf(prompt);
  const load = async () => {
    const found = { id: name, name, keepsName: true, revisions: [liveRevision(prompt)] } as const;
    return Promise.resolve(found);
  };
  return { label: name, load };
}

function invalidFileError(file: string, cause?: unknown): ImportFailure {
  return new ImportFailure(`${file} is no export of Open WebUI`, {
    code: 'BROKEN_FILE',
    hint: 'It must be a JSON array of prompts, as the button "Export" of its prompts page writes it.',
    cause,
  });
}
