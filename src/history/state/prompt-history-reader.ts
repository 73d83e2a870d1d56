import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { Guarded } from '../../auth/access/access-policy.js';
import { type GuardedRow, toGuarded } from '../../prompts/guarded-prompt.queries.js';
import { parseVersion } from '../../prompts/version-number.js';
import { production } from '../pointers/label-name.js';
import type { LabelState } from '../pointers/label.repository.js';
import type { StoredRevision } from '../revisions/revision.entity.js';
import { historyOfLive, historyOfPackage, historyOfVersion } from './prompt-history.queries.js';

/** What a save of a prompt depends on. To be read while the prompt is locked, and before anything is written. */
export interface PromptHistory {
  readonly production: LabelState;
  readonly newest: StoredRevision | null;
  /** The revision that was shown to who saves. */
  readonly based: StoredRevision | null;
}

/** A version with the variables that it asks for. */
export interface ReleasedVariables {
  readonly version: string;
  readonly variables: readonly TemplateVariable[];
}

/** Of a prompt that the running transaction has created. */
export const noHistory: PackageHistory = {
  production: {
    revision: null,
    writers: null,
    labels: 0,
    highestInteger: null,
    highestRevision: null,
    integerRevision: null,
  },
  newest: null,
  based: null,
  isProductionChosen: false,
  previous: null,
};

export interface PackageHistory extends PromptHistory {
  /** Whether production is a revision that a user has chosen, and no release. */
  readonly isProductionChosen: boolean;
  /** The highest version below the package that is not yanked. */
  readonly previous: ReleasedVariables | null;
}

/** The history of a prompt with what the access policy asks of it. */
export interface LiveHistory extends PromptHistory {
  readonly guarded: Guarded;
}

/** The fields after those of the label come with some of the statements. */
type StateRow = LabelState & Pick<PackageHistory, 'isProductionChosen' | 'previous'> & { readonly guarded: GuardedRow };
type RevisionRow = Omit<StoredRevision, 'createdAt'> & { readonly createdAt: string };
type Row = StateRow & { readonly newest: number | null; readonly based: number | null } & (RevisionRow | NoRevision);
type Rows = [Row, ...Row[]];

interface NoRevision {
  readonly number: null;
}

/** Reads histories for saves, each with one statement. */
@Injectable()
export class PromptHistoryReader {
  constructor(private readonly em: EntityManager) {}

  /** For a save over what is live: production, or the newest revision without that label. */
  async ofLive(promptId: string, userId: string): Promise<LiveHistory> {
    const rows = await this.rows(historyOfLive, [promptId, production, null, userId]);
    return { ...toHistory(rows), guarded: toGuarded(rows[0].guarded) };
  }

  /** For a save over a version of Conductor, or over the highest one. */
  async ofVersion(promptId: string, integer: number | null): Promise<PromptHistory> {
    return toHistory(
      await this.rows(historyOfVersion, [promptId, production, integer === null ? null : String(integer)]),
    );
  }

  /** For a package. */
  async ofPackage(promptId: string, version: string): Promise<PackageHistory> {
    const { major, minor, patch } = parseVersion(version);
    const rows = await this.rows(historyOfPackage, [promptId, production, null, major, minor, patch]);
    const [{ isProductionChosen, previous }] = rows;
    return { ...toHistory(rows), isProductionChosen, previous };
  }

  private rows(statement: string, values: unknown[]): Promise<Rows> {
    return this.em.execute<Rows>(statement, values);
  }
}

function toHistory(rows: Rows): PromptHistory {
  const [{ newest, based, revision, writers, labels, highestInteger, highestRevision, integerRevision }] = rows;
  return {
    production: { revision, writers, labels, highestInteger, highestRevision, integerRevision },
    newest: revisionIn(rows, newest),
    based: revisionIn(rows, based),
  };
}

function revisionIn(rows: readonly Row[], number: number | null): StoredRevision | null {
  const row = rows.find((each): each is StateRow & RevisionRow & Row => number !== null && each.number === number);
  return row ? { ...row, createdAt: new Date(row.createdAt) } : null;
}
