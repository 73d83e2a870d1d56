import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import { BadRequest } from '../../../../common/errors/catalogue.js';
import { isError } from '../../../../common/errors/define-error.js';
import { fromBulk } from './template-save.js';
import { checkedTemplate } from './template-text.js';
import { TemplateWriter } from './template-writer.service.js';
import type { BulkTemplates } from '../templates.dto.js';
import { MayNotUpdate } from '../templates.errors.js';

/** Many saves in one request. */
@Injectable()
export class BulkTemplatesService {
  constructor(private readonly writer: TemplateWriter) {}

  /**
   * In their order, without those that the caller may not change. The first that fails stops the rest.
   * @param gone ends the work between two saves: for a client that has gone, a thousand are a long time
   */
  async save(templates: BulkTemplates, me: Principal, gone: AbortSignal): Promise<void> {
    // All texts first: a request that is no good as a whole changes nothing.
    for (const { template } of templates) checkedTemplate(template);
    for (const template of templates) {
      if (gone.aborted) throw BadRequest(undefined, { cause: gone.reason });
      try {
        await this.writer.save(fromBulk(template), me);
      } catch (error) {
        if (!isError(error, MayNotUpdate)) throw error;
      }
    }
  }
}
