import { Injectable } from '@nestjs/common';
import { BeyondOwnRights } from '../../auth/auth.errors.js';
import type { Principal } from '../../auth/access/principal.js';
import { PromptDraftsService } from '../../prompts/changes/prompt-drafts.service.js';
import { noHistory } from '../../history/state/prompt-history-reader.js';
import { pack } from './pack.js';
import { VersionRecorder } from './version-recorder.js';
import { VersionPublisher } from './version-publisher.js';
import type { PublishPrompt, VersionItem } from '../versions.dto.js';
import { toVersionItem } from '../versions.mapper.js';

const firstVersion = '1.0.0';

/** Creates a prompt and its first version from plain text, atomically. */
@Injectable()
export class PublishService {
  constructor(
    private readonly drafts: PromptDraftsService,
    private readonly publisher: VersionPublisher,
    private readonly recorder: VersionRecorder,
  ) {}

  /** @throws PromptExists, ValidationFailed */
  async publish({ name, description, tags, content }: PublishPrompt, caller: Principal): Promise<VersionItem> {
    if (!caller.scopes.has('prompts:write')) throw BeyondOwnRights();
    const draft = await this.drafts.draft({ name, description, tags, visibility: 'public' }, caller);
    await draft.assertFree();
    const packed = await pack({
      name,
      version: firstVersion,
      description,
      author: caller.username,
      tags,
      inputs: [],
      syntax: 'braces',
      extra: {},
      template: content,
      readme: null,
    });
    const newVersion = { promptId: draft.id, version: firstVersion, caller, ...packed };
    const published = await this.publisher.publish({
      ...newVersion,
      ownerId: draft.ownerId,
      promptName: name,
      publishedBy: caller.userId,
      assertFree: () => draft.assertFree(),
      prepare: async () => {
        await this.recorder.recordPackage(newVersion, await draft.create(), noHistory);
      },
    });
    return toVersionItem(published);
  }
}
