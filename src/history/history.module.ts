import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { DiffController } from './diff/diff.controller.js';
import { DiffService } from './diff/diff.service.js';
import { ConductorVersionReader } from './pointers/conductor-version-reader.js';
import { ConductorVersionsService } from './pointers/conductor-versions.service.js';
import { LabelMove } from './pointers/label-move.entity.js';
import { LabelMovesService } from './labels/label-moves.service.js';
import { LabelProtectionsService } from './labels/label-protections.service.js';
import { Label } from './pointers/label.entity.js';
import { LabelMover } from './pointers/label-mover.js';
import { LabelsController } from './labels/labels.controller.js';
import { LabelsService } from './labels/labels.service.js';
import { PointerMover } from './pointers/pointer-mover.js';
import { LivePromptListReader } from './live/live-prompt-list-reader.js';
import { LivePromptReader } from './live/live-prompt-reader.js';
import { ReleaseWriter } from './releases/release-writer.js';
import { Release } from './releases/release.entity.js';
import { IncludeLoader } from './render/include-loader.js';
import { IncludeReader } from './render/include-reader.js';
import { RenderController } from './render/render.controller.js';
import { RenderService } from './render/render.service.js';
import { ResolveController } from './resolve/resolve.controller.js';
import { ResolveReader } from './resolve/resolve-reader.js';
import { ResolveService } from './resolve/resolve.service.js';
import { Resolver } from './resolve/resolver.js';
import { HiddenRevision } from './entries/hidden-revision.entity.js';
import { RevisionWriter } from './revisions/revision-writer.js';
import { RevisionsController } from './revisions/revisions.controller.js';
import { Revision } from './revisions/revision.entity.js';
import { RevisionsService } from './revisions/revisions.service.js';
import { PromptHistoryReader } from './state/prompt-history-reader.js';

const repositories = MikroOrmModule.forFeature([HiddenRevision, Label, LabelMove, Release, Revision]);

/** What a prompt has said and says: its revisions, the pointers to them, and the reads that follow those. */
@Module({
  imports: [repositories],
  controllers: [DiffController, LabelsController, RenderController, ResolveController, RevisionsController],
  providers: [
    DiffService,
    IncludeLoader,
    IncludeReader,
    ConductorVersionReader,
    ConductorVersionsService,
    LabelMover,
    LabelMovesService,
    LabelProtectionsService,
    LabelsService,
    LivePromptListReader,
    LivePromptReader,
    PointerMover,
    PromptHistoryReader,
    ReleaseWriter,
    RenderService,
    ResolveReader,
    ResolveService,
    Resolver,
    RevisionWriter,
    RevisionsService,
  ],
  exports: [
    repositories,
    ConductorVersionReader,
    ConductorVersionsService,
    LabelMover,
    LivePromptListReader,
    LivePromptReader,
    PromptHistoryReader,
    ReleaseWriter,
    RevisionWriter,
  ],
})
export class HistoryModule {}
