import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import type { AuditList, ExportPromptAudit, ListPromptAudit } from '../../auth/audit/audit.dto.js';
import { AuditService } from '../../auth/audit/audit.service.js';
import type { Answer } from '../../common/http/answer.js';
import { PromptAccessService } from '../prompt-access.service.js';
import type { PromptPath } from '../prompts.dto.js';

/** The audit entries of one prompt, for its owners. */
@Injectable()
export class PromptAuditService {
  constructor(
    private readonly access: PromptAccessService,
    private readonly audit: AuditService,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner */
  async list({ owner, name }: PromptPath, query: ListPromptAudit, caller: Principal): Promise<Answer<AuditList>> {
    const { id } = await this.access.byPath(owner, name, caller, 'own');
    const segments = [owner, name].map(encodeURIComponent).join('/');
    return this.audit.list(`/v1/prompts/${segments}/audit`, query, id);
  }

  /** @throws PromptNotFound, NotPromptOwner */
  async export({ owner, name }: PromptPath, filters: ExportPromptAudit, caller: Principal): Promise<StreamableFile> {
    const { id } = await this.access.byPath(owner, name, caller, 'own');
    return this.audit.export({ ...filters, prompt: id });
  }
}
