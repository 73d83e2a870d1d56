/** The types of providers that can be asked. */
export const askableTypes = ['openai', 'anthropic'] as const;
export type AskableType = (typeof askableTypes)[number];

/** Where a model is asked, and with what credentials. */
export interface ModelConnection {
  readonly type: AskableType;
  /** The provider's own, if undefined. */
  readonly endpoint: string | undefined;
  /** Empty where the endpoint asks for none. */
  readonly apiKey: string;
}

export interface ModelQuestion {
  readonly model: string;
  readonly prompt: string;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly maxTokens: number | undefined;
  readonly stopWords: readonly string[];
  readonly wantsJson: boolean;
}

export function isAskable(type: string): type is AskableType {
  return askableTypes.some((askable) => askable === type);
}
