import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { Owner } from '../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../auth/accounts/owner.repository.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { LabelProtection } from '../../prompts/names/label-protection.entity.js';
import { LabelProtectionRepository } from '../../prompts/names/label-protection.repository.js';
import { PromptTransactions } from '../../prompts/changes/prompt-transactions.service.js';
import { parseMovableLabel } from '../pointers/label-name.js';
import { Label } from '../pointers/label.entity.js';
import { LabelRepository } from '../pointers/label.repository.js';
import type { LabelItem, LabelPath } from './labels.dto.js';
import { LabelNotFound } from '../pointers/labels.errors.js';
import { toLabelItem } from './labels.mapper.js';

/** Which users may move a label, among those who may write. */
@Injectable()
export class LabelProtectionsService {
  constructor(
    private readonly transactions: PromptTransactions,
    @InjectRepository(Label) private readonly labels: LabelRepository,
    @InjectRepository(LabelProtection) private readonly protections: LabelProtectionRepository,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** From now on only these users move it. @throws ValidationFailed for an unknown user */
  async protect(path: LabelPath, requested: readonly string[], caller: Principal): Promise<LabelItem> {
    const label = parseMovableLabel(path.label);
    return this.transactions.change(path, caller, 'own', async ({ id }) => {
      const writers = await this.writersOf(requested);
      await this.protections.protect(id, label, [...writers.keys()]);
      const details = { writers: [...writers.values()] };
      await this.audit.record(caller, { action: 'label.protect', subject: label, promptId: id, details });
      const item = await this.labels.item(id, label);
      if (!item) throw LabelNotFound();
      return toLabelItem(item);
    });
  }

  /** @throws LabelNotFound if it is not protected */
  async unprotect(path: LabelPath, caller: Principal): Promise<void> {
    const label = parseMovableLabel(path.label);
    await this.transactions.change(path, caller, 'own', async ({ id }) => {
      if (!(await this.protections.unprotect(id, label))) throw LabelNotFound();
      await this.audit.record(caller, { action: 'label.unprotect', subject: label, promptId: id });
    });
  }

  /** Names of the users by their ids, each once. */
  private async writersOf(requested: readonly string[]): Promise<Map<string, string>> {
    const found = await this.owners.findUsers(requested);
    const unknown = requested.flatMap((_, index) => (found[index] ? [] : [`writers.${index}`]));
    if (unknown.length > 0) throw ValidationFailed(Object.fromEntries(unknown.map((field) => [field, 'no such user'])));
    return new Map(found.flatMap((user) => (user ? [[user.id, user.username] as const] : [])));
  }
}
