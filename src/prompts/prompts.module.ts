import { Global, Module } from '@nestjs/common';
import { KeyTargets } from '../auth/credentials/key-targets.js';
import { onConstraint } from '../database/database-errors.js';
import { PromptAuditController } from './audit/prompt-audit.controller.js';
import { PromptAuditService } from './audit/prompt-audit.service.js';
import { GranteesRepository } from './grants/grantees.repository.js';
import { GrantsController } from './grants/grants.controller.js';
import { GrantsRepository } from './grants/grants.repository.js';
import { GrantsService } from './grants/grants.service.js';
import { PromptAccess } from './prompt-access.js';
import { PromptsController } from './prompts.controller.js';
import { PromptExists } from './prompts.errors.js';
import { PromptsRepository } from './prompts.repository.js';
import { PromptsService } from './prompts.service.js';
import { PromptSearchRepository } from './search/prompt-search.repository.js';
import { PublicReads } from './public-reads.js';
import { ReadableShelves } from './search/readable-shelves.js';

onConstraint('prompt_owner_name_key', PromptExists);

/** The identity of prompts. Global, because keys can be bound to prompts. */
@Global()
@Module({
  controllers: [GrantsController, PromptAuditController, PromptsController],
  providers: [
    GranteesRepository,
    GrantsRepository,
    GrantsService,
    PromptAccess,
    PromptAuditService,
    PromptSearchRepository,
    PromptsRepository,
    PromptsService,
    PublicReads,
    ReadableShelves,
    { provide: KeyTargets, useExisting: PromptsService },
  ],
  exports: [
    GranteesRepository,
    GrantsService,
    KeyTargets,
    PromptAccess,
    PromptsRepository,
    PromptsService,
    PublicReads,
    ReadableShelves,
  ],
})
export class PromptsModule {}
