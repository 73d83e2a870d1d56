import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import type { DomainError } from '../../common/errors/define-error.js';
import { Release } from '../../history/releases/release.entity.js';
import { ReleaseRepository } from '../../history/releases/release.repository.js';
import type { ReleasedVariables } from '../../history/state/prompt-history-reader.js';
import { changesOf } from './changes-of.js';
import type { ContractChange } from './contract-change.js';
import { checkVersion } from './check-version.js';

/** The finding that a version number is too low for the changes of its variables. */
export class ContractFinding {
  constructor(
    readonly previous: string,
    readonly smallest: string,
    readonly changes: readonly ContractChange[],
  ) {}

  get warnings(): string[] {
    const changes = this.changes.map(({ message }) => `variable ${message}`);
    return [...changes, `against ${this.previous} the smallest right version is ${this.smallest}`];
  }

  get details(): JsonObject {
    const changes = this.changes.map((change): JsonObject => ({ ...change }));
    return { previous_version: this.previous, smallest_version: this.smallest, changes };
  }

  toError(): DomainError {
    const version = `must be at least ${this.smallest}, for what changed since ${this.previous}`;
    return ValidationFailed({ version, ...this.details });
  }
}

/** Compares the variables of a version with those of the previous one in its line. */
@Injectable()
export class ContractChecker {
  constructor(@InjectRepository(Release) private readonly releases: ReleaseRepository) {}

  /** The finding, if the number is too low. The previous version is the highest one below that is not yanked. */
  async check(
    promptId: string,
    version: string,
    variables: readonly TemplateVariable[],
  ): Promise<ContractFinding | undefined> {
    return compareWith(await this.releases.before(promptId, version), version, variables);
  }
}

/** The finding, if the number is too low for what has changed since the previous version. */
export function compareWith(
  previous: ReleasedVariables | null | undefined,
  version: string,
  variables: readonly TemplateVariable[],
): ContractFinding | undefined {
  if (!previous) return undefined;
  const changes = changesOf(previous.variables, variables);
  const { isRight, smallest } = checkVersion(previous.version, version, changes);
  return isRight ? undefined : new ContractFinding(previous.version, smallest, changes);
}
