import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { DiffController } from './diff/diff.controller.js';
import { DiffService } from './diff/diff.service.js';
import { ConductorVersionReader } from './labels/conductor-version-reader.js';
import { ConductorVersionsService } from './labels/conductor-versions.service.js';
import { LabelMove } from './labels/label-move.entity.js';
import { LabelMovesService } from './labels/label-moves.service.js';
import { LabelProtectionsService } from './labels/label-protections.service.js';
import { Label } from './labels/label.entity.js';
import { LabelMover } from './labels/label-mover.js';
import { LabelsController } from './labels/labels.controller.js';
import { LabelsService } from './labels/labels.service.js';
import { PointerMover } from './labels/pointer-mover.js';
import { LivePromptListsRepository } from './live/live-prompt-lists.repository.js';
import { LivePromptsRepository } from './live/live-prompts.repository.js';
import { ReleaseWriter } from './releases/release-writer.js';
import { ReleasesRepository } from './releases/releases.repository.js';
import { IncludeLoader } from './render/include-loader.js';
import { IncludesRepository } from './render/includes.repository.js';
import { RenderController } from './render/render.controller.js';
import { RenderService } from './render/render.service.js';
import { ResolveController } from './resolve/resolve.controller.js';
import { ResolveRepository } from './resolve/resolve.repository.js';
import { ResolveService } from './resolve/resolve.service.js';
import { Resolver } from './resolve/resolver.js';
import { HistoryEntriesRepository } from './revisions/history-entries.repository.js';
import { RevisionWriter } from './revisions/revision-writer.js';
import { RevisionsController } from './revisions/revisions.controller.js';
import { RevisionsRepository } from './revisions/revisions.repository.js';
import { RevisionsService } from './revisions/revisions.service.js';

const repositories = MikroOrmModule.forFeature([Label, LabelMove]);

/** What a prompt has said and says: its revisions, the pointers to them, and the reads that follow those. */
@Module({
  imports: [repositories],
  controllers: [DiffController, LabelsController, RenderController, ResolveController, RevisionsController],
  providers: [
    DiffService,
    HistoryEntriesRepository,
    IncludeLoader,
    IncludesRepository,
    ConductorVersionReader,
    ConductorVersionsService,
    LabelMover,
    LabelMovesService,
    LabelProtectionsService,
    LabelsService,
    LivePromptListsRepository,
    LivePromptsRepository,
    PointerMover,
    ReleaseWriter,
    ReleasesRepository,
    RenderService,
    ResolveRepository,
    ResolveService,
    Resolver,
    RevisionWriter,
    RevisionsRepository,
    RevisionsService,
  ],
  exports: [
    HistoryEntriesRepository,
    repositories,
    ConductorVersionReader,
    ConductorVersionsService,
    LabelMover,
    LivePromptListsRepository,
    LivePromptsRepository,
    ReleaseWriter,
    ReleasesRepository,
    RevisionWriter,
    RevisionsRepository,
  ],
})
export class HistoryModule {}
