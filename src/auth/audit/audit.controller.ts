import { Controller, Get, Query } from '@nestjs/common';
import { ApiProduces, ApiTags } from '../../common/openapi.decorators.js';
import { Access, Admin } from '../../common/http/access.decorator.js';
import { Returns, Streamed, Summary } from '../../common/http/documented.decorator.js';
import { AuditList, AuditTable, ExportAudit, ListAudit } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@Controller('v1')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get('audit')
  @Access(Admin)
  @Summary('Read who did what')
  @Returns(200, AuditList, 'Newest first.', {
    Link: 'Where the next page is: `<…>; rel="next"`. Left out on the last page.',
  })
  listAuditEntries(@Query({ schema: ListAudit }) query: ListAudit) {
    return this.audit.list('/v1/audit', query);
  }

  @Get('audit.csv')
  @Access(Admin)
  @Summary('Read who did what, as a table for spreadsheets')
  @ApiProduces('text/csv')
  @Streamed()
  @Returns(200, AuditTable, 'Every entry that the filters let through, newest first, under a row of headings.')
  getAuditCsv(@Query({ schema: ExportAudit }) filters: ExportAudit) {
    return this.audit.export(filters);
  }
}
