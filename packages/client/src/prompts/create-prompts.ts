import type { GivenValues } from '@promptyard/template/render/fill-variables.js';
import type { PromptData } from './prompt-data.js';
import { type FoundPrompt, PromptFinder } from './prompt-finder.js';
import { type PromptSelector, type PromptRequest, toPromptRequest } from './prompt-request.js';
import { type PromptsOptions, withDefaults } from './prompts-options.js';
import { type RenderedPrompt, renderPrompt, type RenderSettings } from './render-prompt.js';
import { untilAborted } from './until-aborted.js';

export interface GetPromptOptions extends PromptSelector {
  /** The required digest. It is computed locally, not taken from the server. */
  expect?: string;
  /** Aborts the wait of this caller; the answer is still cached for others. */
  signal?: AbortSignal;
}

/** A revision with its render function. It is frozen, because callers share it. */
export type ReadyPrompt = PromptData & {
  /** `server`: from the server, now or earlier; `bundle`: the program's own copy. */
  readonly origin: 'server' | 'bundle';
  /** Whether it may be outdated. */
  readonly isStale: boolean;
  /** Renders the template locally, exactly like the server. @throws TemplateProblems, and PromptFailure of includes */
  render(this: void, variables?: GivenValues, settings?: RenderSettings): Promise<RenderedPrompt>;
};

export interface Prompts {
  /** `getPrompt('acme/support', { label: 'staging' })`; the label `production`, if nothing is selected. @throws PromptFailure */
  getPrompt(this: void, prompt: string, options?: GetPromptOptions): Promise<ReadyPrompt>;
}

/** Reads prompts for a running application: fast, up to date, and also while the server is unavailable. */
export function createPrompts(options: PromptsOptions): Prompts {
  const finder = new PromptFinder(withDefaults(options));
  return {
    async getPrompt(prompt, { expect, signal, ...selector } = {}) {
      const request = toPromptRequest(prompt, selector);
      signal?.throwIfAborted();
      const finding = expect === undefined ? finder.find(request) : finder.findExpected(request, expect);
      return toReadyPrompt(await untilAborted(finding, signal), request, finder);
    },
  };
}

function toReadyPrompt(
  { prompt, origin, isStale }: FoundPrompt,
  request: PromptRequest,
  finder: PromptFinder,
): ReadyPrompt {
  const render: ReadyPrompt['render'] = (values = {}, settings = {}) =>
    renderPrompt(prompt, request, values, settings, async (included) => {
      const found = await untilAborted(finder.find(included), settings.signal);
      return found.prompt;
    });
  return Object.freeze({ ...prompt, origin, isStale, render });
}
