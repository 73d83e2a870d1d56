import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import type { AuditList, ExportPromptAudit, ListPromptAudit } from '../../auth/audit/audit.dto.js';
import { AuditService } from '../../auth/audit/audit.service.js';
import type { Answer } from '../../common/http/answer.js';
import { PromptAccess } from '../prompt-access.js';
import type { PromptPath } from '../prompts.dto.js';

/** What has been done to one prompt, for who owns it. */
@Injectable()
export class PromptAuditService {
  constructor(
    private readonly access: PromptAccess,
    private readonly audit: AuditService,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner */
  async list({ owner, name }: PromptPath, query: ListPromptAudit, me: Principal): Promise<Answer<AuditList>> {
    const { id } = await this.access.byPath(owner, name, me, 'own');
    const segments = [owner, name].map(encodeURIComponent).join('/');
    return this.audit.list(`/v1/prompts/${segments}/audit`, query, id);
  }

  /** @throws PromptNotFound, NotPromptOwner */
  async table({ owner, name }: PromptPath, filters: ExportPromptAudit, me: Principal): Promise<StreamableFile> {
    const { id } = await this.access.byPath(owner, name, me, 'own');
    return this.audit.table({ ...filters, prompt: id });
  }
}
