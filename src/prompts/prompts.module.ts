import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { KeyTargets } from '../auth/credentials/key-targets.js';
import { ChangeFeedSubscriber } from '../database/change-feed-subscriber.js';
import { onConstraint } from '../database/database-errors.js';
import { PromptAuditController } from './audit/prompt-audit.controller.js';
import { PromptAuditService } from './audit/prompt-audit.service.js';
import { GranteesService } from './grants/grantees.service.js';
import { GrantsController } from './grants/grants.controller.js';
import { GrantsService } from './grants/grants.service.js';
import { PromptGrant } from './grants/prompt-grant.entity.js';
import { PromptGrantsService } from './grants/prompt-grants.service.js';
import { LabelProtection } from './label-protection.entity.js';
import { PromptAccess } from './prompt-access.js';
import { PromptChangesService } from './prompt-changes.service.js';
import { PromptDeletionsService } from './prompt-deletions.service.js';
import { PromptDraftsService } from './prompt-drafts.service.js';
import { PromptNamesService } from './prompt-names.service.js';
import { PromptTransactions } from './prompt-transactions.service.js';
import { Prompt } from './prompt.entity.js';
import { PromptsController } from './prompts.controller.js';
import { PromptExists } from './prompts.errors.js';
import { PromptsService } from './prompts.service.js';
import { PublicReads } from './public-reads.js';
import { PublishedName } from './published-name.entity.js';
import { PromptSearchRepository } from './search/prompt-search.repository.js';
import { PromptSearchService } from './search/prompt-search.service.js';
import { ReadableShelves } from './search/readable-shelves.js';

onConstraint('prompt_owner_name_key', PromptExists);

const repositories = MikroOrmModule.forFeature([LabelProtection, Prompt, PromptGrant, PublishedName]);

/** The identity of prompts. Global, because keys can be bound to prompts. */
@Global()
@Module({
  imports: [repositories],
  controllers: [GrantsController, PromptAuditController, PromptsController],
  providers: [
    GranteesService,
    GrantsService,
    PromptAccess,
    PromptAuditService,
    PromptChangesService,
    PromptDeletionsService,
    PromptDraftsService,
    PromptGrantsService,
    PromptNamesService,
    PromptSearchRepository,
    PromptSearchService,
    PromptTransactions,
    PromptsService,
    PublicReads,
    ReadableShelves,
    { provide: KeyTargets, useExisting: PromptsService },
  ],
  exports: [
    repositories,
    GranteesService,
    GrantsService,
    KeyTargets,
    PromptAccess,
    PromptChangesService,
    PromptDeletionsService,
    PromptDraftsService,
    PromptNamesService,
    PromptTransactions,
    PublicReads,
    ReadableShelves,
  ],
})
export class PromptsModule {
  constructor(changes: ChangeFeedSubscriber) {
    // A transaction loads only prompts that it locks for a change.
    changes.follow(Prompt, ({ id }) => id);
  }
}
