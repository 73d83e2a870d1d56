import { Global, Module } from '@nestjs/common';
import { KeyTargets } from '../auth/credentials/key-targets.js';
import { onConstraint } from '../database/database-errors.js';
import { PromptAccess } from './prompt-access.js';
import { PromptsController } from './prompts.controller.js';
import { PromptExists } from './prompts.errors.js';
import { PromptsRepository } from './prompts.repository.js';
import { PromptsService } from './prompts.service.js';
import { PromptSearchRepository } from './search/prompt-search.repository.js';
import { ReadableShelves } from './search/readable-shelves.js';

onConstraint('prompt_owner_name_key', PromptExists);

/** The identity of prompts. Global, because keys can be bound to prompts. */
@Global()
@Module({
  controllers: [PromptsController],
  providers: [
    PromptAccess,
    PromptSearchRepository,
    PromptsRepository,
    PromptsService,
    ReadableShelves,
    { provide: KeyTargets, useExisting: PromptsService },
  ],
  exports: [KeyTargets, PromptAccess, PromptsRepository, PromptsService],
})
export class PromptsModule {}
