import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { isStorableText } from '../../common/http/scalars.js';
import { PromptAccessService } from '../../prompts/prompt-access.service.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { LabelMove } from '../pointers/label-move.entity.js';
import { LabelMoveRepository } from '../pointers/label-move.repository.js';
import { Label } from '../pointers/label.entity.js';
import { LabelRepository } from '../pointers/label.repository.js';
import type { LabelHistory, LabelHistoryPage, LabelList, LabelPath } from './labels.dto.js';
import { LabelNotFound } from '../pointers/labels.errors.js';
import { toLabelItem, toLabelMove } from './labels.mapper.js';

/** Labels of a prompt and their moves as they are read. */
@Injectable()
export class LabelsService {
  constructor(
    private readonly access: PromptAccessService,
    @InjectRepository(Label) private readonly labels: LabelRepository,
    @InjectRepository(LabelMove) private readonly moves: LabelMoveRepository,
  ) {}

  /** @throws PromptNotFound */
  async list({ owner, name }: PromptPath, caller: Caller): Promise<LabelList> {
    const { id } = await this.access.byPath(owner, name, caller);
    return { items: (await this.labels.items(id)).map(toLabelItem) };
  }

  /** Newest first; of integers, too. @throws PromptNotFound, LabelNotFound for one that never was */
  async history(path: LabelPath, { cursor, limit }: LabelHistoryPage, caller: Caller): Promise<LabelHistory> {
    const { id } = await this.access.byPath(path.owner, path.name, caller);
    const below = cursor === undefined ? null : readCursor(cursor);
    const moves = isStorableText(path.label) ? await this.moves.history(id, path.label, limit + 1, below) : [];
    if (moves.length === 0 && below === null) throw LabelNotFound();
    const shown = moves.slice(0, limit);
    const next = moves.length > limit ? (shown.at(-1)?.sequence ?? null) : null;
    return { items: shown.map(toLabelMove), next_cursor: next };
  }
}

function readCursor(text: string): string {
  if (!/^[1-9]\d{0,17}$/.test(text)) throw ValidationFailed({ cursor: 'must be a next_cursor' });
  return text;
}
