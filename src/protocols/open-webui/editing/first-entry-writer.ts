import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { emptyDraft, applyChange } from '../../../history/revisions/revision-draft.js';
import { RevisionWriter } from '../../../history/revisions/revision-writer.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import type { PromptDraft } from '../../../prompts/changes/prompt-drafts.service.js';
import { noHistory } from '../../../history/state/prompt-history-reader.js';
import type { GrantInputs } from './editing.dto.js';
import { GrantResolver } from './grant-resolver.js';

/** What a new prompt says first, and to whom it is granted. */
export interface FirstEntry {
  readonly content: Parameters<typeof applyChange>[1];
  readonly message: string;
  readonly grants: GrantInputs;
}

/** Creates a prompt with its grants and its first entry, all or nothing. */
@Injectable()
export class FirstEntryWriter {
  constructor(
    private readonly em: EntityManager,
    private readonly grantResolver: GrantResolver,
    private readonly grants: GrantsService,
    private readonly writer: RevisionWriter,
  ) {}

  /** @throws PromptExists */
  create(draft: PromptDraft, { content, message, grants }: FirstEntry, caller: Principal): Promise<void> {
    return this.em.transactional(async () => {
      const requested = await this.grantResolver.resolve(grants);
      const prompt = await draft.create();
      if (requested.length > 0) await this.grants.replace(draft.id, requested, caller);
      await this.writer.append(prompt, noHistory, applyChange(emptyDraft(prompt), content), { caller, message });
    });
  }
}
