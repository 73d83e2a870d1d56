/** Selects a revision by at most one of label, revision and version. The default is the label `production`. */
export interface PromptSelector {
  label?: string;
  revision?: number;
  /** A version, or a range like `^1.2`. */
  version?: string;
}

/** A validated prompt name with its selector. */
export interface PromptRequest {
  readonly owner: string;
  readonly name: string;
  readonly selector: Readonly<PromptSelector>;
  /** Null if the selector is no label. */
  readonly label: string | null;
  /** `owner/name`. */
  readonly id: string;
  /** `owner/name@selector`: the key of the cache. */
  readonly key: string;
}

const promptId = /^([^\s/@]+)\/([^\s/@]+)$/;

/** @throws TypeError for an invalid `owner/name`, and for two selectors */
export function toPromptRequest(
  prompt: string,
  { label, revision, version }: Readonly<PromptSelector> = {},
): PromptRequest {
  const [, anyCase = '', name = ''] = promptId.exec(prompt) ?? [];
  if (name === '') throw new TypeError(`A prompt is named owner/name, not ${JSON.stringify(prompt)}`);
  const given = [label, revision, version].filter((selector) => selector !== undefined);
  if (given.length > 1) throw new TypeError('At most one of label, revision and version');
  const owner = anyCase.toLowerCase();
  const id = `${owner}/${name}`;
  const [selector = 'production'] = given;
  const isLabel = revision === undefined && version === undefined;
  return {
    owner,
    name,
    id,
    key: `${id}@${selector}`,
    label: isLabel ? String(selector) : null,
    selector: isLabel ? { label: String(selector) } : { revision, version },
  };
}
