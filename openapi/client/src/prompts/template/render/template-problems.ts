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

/** Collects problems; several of one field stand behind each other, each once. */
export class ProblemList {
  private readonly problems = new Map<string, Set<string>>();

  add(field: 'content' | `variables.${string}`, problem: string): void {
    const known = this.problems.get(field);
    if (known) known.add(problem);
    else this.problems.set(field, new Set([problem]));
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
