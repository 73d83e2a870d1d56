import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import { BadRequest } from '../../../../common/errors/catalogue.js';
import { isError } from '../../../../common/errors/define-error.js';
import { fromBulk } from './template-save.js';
import { checkedTemplate } from './template-text.js';
import { TemplateWriterService } from './template-writer.service.js';
import type { BulkTemplates } from '../templates.dto.js';
import { MayNotUpdate } from '../templates.errors.js';

/** Many saves in one request. */
@Injectable()
export class BulkTemplatesService {
  constructor(private readonly writer: TemplateWriterService) {}

  /**
   * Saves the templates in their order, without those that the caller may not change. The first failure stops the rest.
   * @param disconnected ends the work between two saves, because a thousand take long and the client no longer reads the result
   */
  async save(templates: BulkTemplates, caller: Principal, disconnected: AbortSignal): Promise<void> {
    // All texts are checked first, so that an invalid request changes nothing.
    for (const { template } of templates) checkedTemplate(template);
    for (const template of templates) {
      if (disconnected.aborted) throw BadRequest(undefined, { cause: disconnected.reason });
      try {
        await this.writer.save(fromBulk(template), caller);
      } catch (error) {
        if (!isError(error, MayNotUpdate)) throw error;
      }
    }
  }
}
