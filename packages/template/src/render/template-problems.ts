/** Why a template cannot be rendered: all problems at once, in the form of the API's `details`. */
export class TemplateProblems extends Error {
  constructor(readonly details: Record<string, string>) {
    super(
      Object.entries(details)
        .map(([field, problem]) => `${field} ${problem}`)
        .join('; '),
    );
    this.name = 'TemplateProblems';
  }
}

/** A request can have a hundred thousand invalid values. At most this many fields are named. */
const maxFields = 100;

/** Collects problems. Several problems of a field are joined, each once. */
export class ProblemList {
  private readonly problems = new Map<string, Set<string>>();

  add(field: 'content' | `variables.${string}`, problem: string): void {
    const existing = this.problems.get(field);
    if (existing) existing.add(problem);
    else if (this.problems.size < maxFields) this.problems.set(field, new Set([problem]));
    else this.problems.set('...', new Set(['there are more problems']));
  }

  get isEmpty(): boolean {
    return this.problems.size === 0;
  }

  /** @throws TemplateProblems if there are any. */
  throwIfAny(): void {
    if (this.isEmpty) return;
    throw new TemplateProblems(
      Object.fromEntries([...this.problems].map(([field, problems]) => [field, [...problems].join('; ')])),
    );
  }
}
