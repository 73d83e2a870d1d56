import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiProduces, ApiTags } from '../../common/openapi.decorators.js';
import { CurrentPrincipal } from '../../auth/access/caller.decorator.js';
import type { Principal } from '../../auth/access/principal.js';
import { AuditList, AuditTable, ExportPromptAudit, ListPromptAudit } from '../../auth/audit/audit.dto.js';
import { Access, SignedInWith } from '../../common/http/access.decorator.js';
import { Fails, Returns, Streamed, Summary } from '../../common/http/documented.decorator.js';
import { PromptPath } from '../prompts.dto.js';
import { NotPromptOwner, PromptNotFound } from '../prompts.errors.js';
import { PromptAuditService } from './prompt-audit.service.js';

@ApiTags('Audit')
@Controller('v1/prompts')
export class PromptAuditController {
  constructor(private readonly audit: PromptAuditService) {}

  @Get(':owner/:name/audit')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read who did what to a prompt', 'For who owns it.')
  @Returns(200, AuditList, 'Newest first.', {
    Link: 'Where the next page is: `<…>; rel="next"`. Left out on the last page.',
  })
  @Fails(PromptNotFound, NotPromptOwner)
  listPromptAuditEntries(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: ListPromptAudit }) query: ListPromptAudit,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.audit.list(path, query, caller);
  }

  @Get(':owner/:name/audit.csv')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read who did what to a prompt, as a table for spreadsheets', 'For who owns it.')
  @ApiProduces('text/csv')
  @Streamed()
  @Returns(200, AuditTable, 'Every entry that the filters let through, newest first, under a row of headings.')
  @Fails(PromptNotFound, NotPromptOwner)
  getPromptAuditCsv(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: ExportPromptAudit }) filters: ExportPromptAudit,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.audit.export(path, filters, caller);
  }
}
