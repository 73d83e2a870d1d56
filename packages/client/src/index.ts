/** The operations with their types, and the client of a server. */
export * from './generated/index.js';
export { type Client, type Config, createClient } from './generated/client/index.js';

/** Prompts for a running application: cached, refreshed, verified, and rendered locally. */
export { createPrompts, type GetPromptOptions, type Prompts, type ReadyPrompt } from './prompts/create-prompts.js';
export type { BundledPrompt, PromptData } from './prompts/prompt-data.js';
export { PromptFailure } from './prompts/prompt-failure.js';
export type { PromptSelector } from './prompts/prompt-request.js';
export type { PromptsOptions } from './prompts/prompts-options.js';
export type { PromptPart, RenderedPrompt, RenderSettings } from './prompts/render-prompt.js';
export { TemplateProblems } from '@promptyard/template/render/template-problems.js';
