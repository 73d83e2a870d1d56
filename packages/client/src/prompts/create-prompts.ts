import type { GivenValues } from '@promptyard/template/render/fill-variables.js';
import type { PromptData } from './prompt-data.js';
import { type FoundPrompt, PromptFinder } from './prompt-finder.js';
import { type PromptSelector, type PromptRequest, toPromptRequest } from './prompt-request.js';
import { type PromptsOptions, withDefaults } from './prompts-options.js';
import { type RenderedPrompt, renderPrompt, type RenderSettings } from './render-prompt.js';
import { untilAborted } from './until-aborted.js';

export interface GetPromptOptions extends PromptSelector {
  /** The only digest that the prompt may have; it is computed here, whatever the server says. */
  expect?: string;
  /** Ends the caller's waiting; what was asked of the server is still kept for others. */
  signal?: AbortSignal;
}

/** A revision, ready for use. It is frozen, for it is given to many. */
export type ReadyPrompt = PromptData & {
  /** `server`: it answered with it, now or earlier; `bundle`: it is the program's own copy. */
  readonly origin: 'server' | 'bundle';
  /** Whether it was given without knowing that it still holds. */
  readonly isStale: boolean;
  /** Fills the template in here, just as the server would. @throws TemplateProblems, PromptFailure of what it includes */
  render(this: void, variables?: GivenValues, settings?: RenderSettings): Promise<RenderedPrompt>;
};

export interface Prompts {
  /** `getPrompt('acme/support', { label: 'staging' })`; the label `production`, if nothing is selected. @throws PromptFailure */
  getPrompt(this: void, prompt: string, options?: GetPromptOptions): Promise<ReadyPrompt>;
}

/** Reads prompts as a running application wants them: at once, up to date, and also when the server is away. */
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
