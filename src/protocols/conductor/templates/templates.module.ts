import { Module } from '@nestjs/common';
import { HistoryModule } from '../../../history/history.module.js';
import { IntegrationsModule } from '../integrations/integrations.module.js';
import { BulkTemplatesService } from './saving/bulk-templates.service.js';
import { TemplateAccessService } from './template-access.service.js';
import { TemplateDeletionsService } from './template-deletions.service.js';
import { TemplateTagsController } from './tags/template-tags.controller.js';
import { TemplateTagsService } from './tags/template-tags.service.js';
import { TemplateVersionsController } from './template-versions.controller.js';
import { TemplatePrompts } from './saving/template-prompts.service.js';
import { TemplateRevisions } from './saving/template-revisions.service.js';
import { TemplateVersionWriter } from './saving/template-version-writer.service.js';
import { TemplateWriterService } from './saving/template-writer.service.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';

/** Prompts as templates with integer versions. */
@Module({
  imports: [HistoryModule, IntegrationsModule],
  controllers: [TemplatesController, TemplateVersionsController, TemplateTagsController],
  providers: [
    BulkTemplatesService,
    TemplateAccessService,
    TemplateDeletionsService,
    TemplateTagsService,
    TemplatePrompts,
    TemplateRevisions,
    TemplateVersionWriter,
    TemplateWriterService,
    TemplatesService,
  ],
  exports: [TemplateAccessService, TemplateWriterService],
})
export class TemplatesModule {}
