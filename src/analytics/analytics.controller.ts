import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiProduces, ApiTags } from '../common/openapi.decorators.js';
import { CurrentCaller } from '../auth/access/caller.decorator.js';
import type { Caller } from '../auth/access/principal.js';
import { Access, Anyone } from '../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../common/http/documented.decorator.js';
import { PromptNotFound } from '../prompts/prompts.errors.js';
import { PromptPath } from '../versions/versions.dto.js';
import { VersionNotFound } from '../versions/versions.errors.js';
import { DownloadSeries, DownloadsQuery, DownloadTable } from './analytics.dto.js';
import { AnalyticsService } from './analytics.service.js';

@ApiTags('Downloads')
@Controller('v1/prompts')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  @Get(':owner/:name/downloads')
  @Access(Anyone)
  @Summary('Count downloads per day, week or month')
  @Returns(200, DownloadSeries, 'Oldest first; periods without downloads are left out.')
  @Fails(PromptNotFound, VersionNotFound)
  getDownloads(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: DownloadsQuery }) query: DownloadsQuery,
    @CurrentCaller() caller: Caller,
  ) {
    return this.analytics.series(path, query, caller);
  }

  @Get(':owner/:name/downloads.csv')
  @Access(Anyone)
  @Summary('Count downloads, as a table for spreadsheets')
  @ApiProduces('text/csv')
  @Returns(200, DownloadTable, 'One row for each period, under a row of headings.')
  @Fails(PromptNotFound, VersionNotFound)
  getDownloadsCsv(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: DownloadsQuery }) query: DownloadsQuery,
    @CurrentCaller() caller: Caller,
  ) {
    return this.analytics.csv(path, query, caller);
  }
}
