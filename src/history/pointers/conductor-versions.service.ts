import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { LabelMover } from './label-mover.js';
import { production } from './label-name.js';
import { Label } from './label.entity.js';
import { LabelRepository, type LabelState } from './label.repository.js';
import { PointerMover } from './pointer-mover.js';

/** Highest integer that is saved under: above it there is room for those that moves of production add. */
export const maxConductorVersion = 1_000_000_000;

/** A version by its integer, the highest there is, or one above it. */
export type ConductorVersionName = number | 'highest' | 'next';

/** Where the versions of a prompt point, as one statement reads it. */
export interface ConductorVersionState {
  /** The version's integer. */
  readonly integer: number;
  /** Number of the revision that it points to; null where it is not there. */
  readonly revision: number | null;
  /** The highest integer; 0 where there is none. */
  readonly highest: number;
  readonly highestRevision: number | null;
  readonly production: LabelState;
}

export interface ConductorVersionTarget {
  readonly integer: number;
  readonly revision: number;
  /** Whether the version is to look as if it had been created now. */
  readonly resetCreated: boolean;
}

/**
 * The versions that a prompt has on Conductor: pointers named by integers. The highest is production, so that a read
 * that names none is a read of the live text. Callers hold the prompt's lock in their transaction.
 */
@Injectable()
export class ConductorVersionsService {
  constructor(
    @InjectRepository(Label) private readonly labels: LabelRepository,
    private readonly mover: LabelMover,
    private readonly pointers: PointerMover,
  ) {}

  /** Whether the prompt has a version. */
  async hasAny(promptId: string): Promise<boolean> {
    return (await this.labels.highestInteger(promptId)) !== undefined;
  }

  async state(promptId: string, version: ConductorVersionName): Promise<ConductorVersionState> {
    return toVersionState(await this.labels.state(promptId, production, integerOf(version)), version);
  }

  /** Points the version to the revision, which becomes production if no integer is higher. @throws LabelProtected */
  async set(
    promptId: string,
    { integer, revision, resetCreated }: ConductorVersionTarget,
    caller: Principal,
    known?: ConductorVersionState,
  ): Promise<void> {
    const state = known ?? (await this.state(promptId, integer));
    const from = state.revision;
    const label = String(integer);
    const versionMoves = from === revision ? [] : [{ label, from, to: revision }];
    // With the version moved already, so that moving production creates no further version.
    const moved = { ...state.production, highestInteger: integer, highestRevision: revision };
    const productionMoves = integer < state.highest ? [] : this.mover.productionMoves(moved, revision, caller);
    await this.pointers.move(promptId, [...versionMoves, ...productionMoves], caller, resetCreated ? label : null);
  }

  /**
   * Removes the version. If it was the highest, production moves to the next one. The last version is not removed:
   * without versions the prompt has no text for Conductor, so the caller deletes the prompt instead.
   * @throws LabelProtected
   */
  async drop(promptId: string, integer: number, caller: Principal): Promise<'dropped' | 'unknown' | 'last'> {
    const { revision: from, highest, production: state } = await this.state(promptId, integer);
    if (from === null) return 'unknown';
    const next = integer === highest ? await this.labels.highestInteger(promptId, { except: integer }) : undefined;
    if (integer === highest && !next) return 'last';
    await this.pointers.drop(promptId, { label: String(integer), from }, caller);
    if (!next) return 'dropped';
    const moved = { ...state, highestInteger: next.integer, highestRevision: next.revision };
    await this.pointers.move(promptId, this.mover.productionMoves(moved, next.revision, caller), caller);
    return 'dropped';
  }
}

/** The integer that is named; null where that depends on the versions there are. */
export function integerOf(version: ConductorVersionName): number | null {
  return typeof version === 'number' ? version : null;
}

/** @param state of production, with the integer that the version names */
export function toVersionState(state: LabelState, version: ConductorVersionName): ConductorVersionState {
  const { highestInteger, highestRevision, integerRevision } = state;
  const highest = highestInteger ?? 0;
  const common = { highest, highestRevision, production: state };
  if (version === 'next') return { ...common, integer: highest + 1, revision: null };
  if (version === 'highest') return { ...common, integer: Math.max(highest, 1), revision: highestRevision };
  return { ...common, integer: version, revision: integerRevision };
}
