import { EntityRepository } from '@mikro-orm/postgresql';
import { LabelProtection } from './label-protection.entity.js';

/** Who may move which protected label. */
export class LabelProtectionRepository extends EntityRepository<LabelProtection> {
  /** The first label of the prompt that the user may not move; undefined where the user may move all. */
  async firstAgainst(promptId: string, userId: string): Promise<string | undefined> {
    const found = await this.findOne(
      { promptId, $not: { writers: { $contains: [userId] } } },
      { orderBy: { label: 'asc' }, disableIdentityMap: true },
    );
    return found?.label;
  }

  /** Protects the label, or gives a protected one other writers. */
  async protect(promptId: string, label: string, writers: readonly string[]): Promise<void> {
    await this.upsert({ promptId, label, writers }, { disableIdentityMap: true });
  }

  /** False if it was not protected. */
  async unprotect(promptId: string, label: string): Promise<boolean> {
    return (await this.nativeDelete({ promptId, label })) > 0;
  }
}

LabelProtection.setCustomRepository(() => LabelProtectionRepository);
