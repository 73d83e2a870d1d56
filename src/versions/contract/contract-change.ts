/**
 * The part of the version that a change has to raise, from 1.0.0 on (docs/protocols/templates-v1.md, Variable
 * contract).
 */
export type Severity = 'major' | 'minor';

const severityByKind = {
  /** A variable that callers must give from now on. */
  'required-added': 'major',
  'optional-added': 'minor',
  /** An optional variable that is required now. */
  required: 'major',
  removed: 'major',
  renamed: 'major',
  /** A variable that refuses values which it took. */
  narrowed: 'major',
} as const satisfies Record<string, Severity>;

export type ChangeKind = keyof typeof severityByKind;

/** A change between two releases that affects callers. */
export interface ContractChange {
  /** As it is called in the previous release; an added one as in the next. */
  variable: string;
  kind: ChangeKind;
  severity: Severity;
  message: string;
  /** Only of a renamed one: as it is called in the next release. */
  renamed_to?: string;
}

/** `what` continues the message after the name of the variable. */
export function change(variable: string, kind: ChangeKind, what: string): ContractChange {
  return { variable, kind, severity: severityByKind[kind], message: `"${variable}" ${what}` };
}
