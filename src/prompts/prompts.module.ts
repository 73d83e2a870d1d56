import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { KeyTargetPolicy } from '../auth/credentials/api-keys/key-target.policy.js';
import { ChangeFeedSubscriber } from '../database/change-feed-subscriber.js';
import { onConstraint } from '../database/database-errors.js';
import { PromptAuditController } from './audit/prompt-audit.controller.js';
import { PromptAuditService } from './audit/prompt-audit.service.js';
import { GranteesService } from './grants/grantees.service.js';
import { GrantsController } from './grants/grants.controller.js';
import { GrantsService } from './grants/grants.service.js';
import { PromptGrant } from './grants/prompt-grant.entity.js';
import { PromptGrantsService } from './grants/prompt-grants.service.js';
import { LabelProtection } from './names/label-protection.entity.js';
import { PromptAccessService } from './prompt-access.service.js';
import { PromptChangesService } from './changes/prompt-changes.service.js';
import { PromptDeletionsService } from './changes/prompt-deletions.service.js';
import { PromptDraftsService } from './changes/prompt-drafts.service.js';
import { PromptNamesService } from './names/prompt-names.service.js';
import { PromptTransactions } from './changes/prompt-transactions.service.js';
import { Prompt } from './prompt.entity.js';
import { PromptsController } from './prompts.controller.js';
import { PromptExists } from './prompts.errors.js';
import { PromptsService } from './prompts.service.js';
import { PromptReadCache } from './prompt-read-cache.js';
import { PublicReadCache } from './public-read-cache.js';
import { PublishedName } from './names/published-name.entity.js';
import { PromptSearcher } from './search/prompt-searcher.js';
import { PromptSearchService } from './search/prompt-search.service.js';
import { PublicReads } from './search/public-reads.service.js';
import { VisibilityScopesService } from './search/visibility-scopes.service.js';

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
    PromptAccessService,
    PromptAuditService,
    PromptChangesService,
    PromptDeletionsService,
    PromptDraftsService,
    PromptGrantsService,
    PromptNamesService,
    PromptReadCache,
    PromptSearcher,
    PromptSearchService,
    PromptTransactions,
    PromptsService,
    PublicReadCache,
    PublicReads,
    VisibilityScopesService,
    { provide: KeyTargetPolicy, useExisting: PromptsService },
  ],
  exports: [
    repositories,
    GranteesService,
    GrantsService,
    KeyTargetPolicy,
    PromptAccessService,
    PromptChangesService,
    PromptDeletionsService,
    PromptDraftsService,
    PromptNamesService,
    PromptReadCache,
    PromptTransactions,
    PublicReadCache,
    PublicReads,
    VisibilityScopesService,
  ],
})
export class PromptsModule {
  constructor(changes: ChangeFeedSubscriber) {
    // A transaction loads only prompts that it locks for a change.
    changes.follow(Prompt, ({ id }) => id);
  }
}
