/** The types of providers whose models can be called. */
export const askableTypes = ['openai', 'anthropic'] as const;
export type AskableType = (typeof askableTypes)[number];

/** Endpoint and credentials of a model. */
export interface ModelConnection {
  readonly type: AskableType;
  /** The provider's own, if undefined. */
  readonly endpoint: string | undefined;
  /** Empty if the endpoint does not need one. */
  readonly apiKey: string;
}

export interface ModelQuestion {
  readonly model: string;
  readonly prompt: string;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly maxTokens: number | undefined;
  readonly stopWords: readonly string[];
  readonly isJson: boolean;
}

export function isAskable(type: string): type is AskableType {
  return askableTypes.some((askable) => askable === type);
}
