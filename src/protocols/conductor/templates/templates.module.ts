import { Module } from '@nestjs/common';
import { HistoryModule } from '../../../history/history.module.js';
import { IntegrationsModule } from '../integrations/integrations.module.js';
import { BulkTemplatesService } from './saving/bulk-templates.service.js';
import { TemplateAccess } from './template-access.js';
import { TemplateDeletionsService } from './template-deletions.service.js';
import { TemplateTagsController } from './tags/template-tags.controller.js';
import { TemplateTagsService } from './tags/template-tags.service.js';
import { TemplateVersionsController } from './template-versions.controller.js';
import { TemplatePrompts } from './saving/template-prompts.service.js';
import { TemplateRevisions } from './saving/template-revisions.service.js';
import { TemplateVersionWriter } from './saving/template-version-writer.service.js';
import { TemplateWriter } from './saving/template-writer.service.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';

/** Prompts as templates with integer versions. */
@Module({
  imports: [HistoryModule, IntegrationsModule],
  controllers: [TemplatesController, TemplateVersionsController, TemplateTagsController],
  providers: [
    BulkTemplatesService,
    TemplateAccess,
    TemplateDeletionsService,
    TemplateTagsService,
    TemplatePrompts,
    TemplateRevisions,
    TemplateVersionWriter,
    TemplateWriter,
    TemplatesService,
  ],
  exports: [TemplateAccess, TemplateWriter],
})
export class TemplatesModule {}
