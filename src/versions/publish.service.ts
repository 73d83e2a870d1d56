import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { BeyondOwnRights } from '../auth/auth.errors.js';
import type { Principal } from '../auth/access/principal.js';
import { ValidationFailed } from '../common/errors/catalogue.js';
import { PromptsRepository } from '../prompts/prompts.repository.js';
import { PromptsService } from '../prompts/prompts.service.js';
import { buildPackage, type PackageSource } from './package/build-package.js';
import { InvalidPackage } from './package/invalid-package.js';
import type { PackageContents } from './package/package-contents.js';
import { readPackage } from './package/read-package.js';
import { Publisher } from './upload/publisher.js';
import type { PublishPrompt, VersionItem } from './versions.dto.js';

const firstVersion = '1.0.0';

/** Makes a prompt together with its first version from plain text: both, or nothing. */
@Injectable()
export class PublishService {
  constructor(
    private readonly prompts: PromptsService,
    private readonly records: PromptsRepository,
    private readonly publisher: Publisher,
  ) {}

  /** @throws PromptExists, ValidationFailed */
  async publish({ name, description, tags, content }: PublishPrompt, me: Principal): Promise<VersionItem> {
    if (!me.scopes.has('prompts:write')) throw BeyondOwnRights();
    const draft = await this.prompts.draft({ name, description, tags, visibility: 'public' }, me);
    await draft.assertFree();
    const { archive, contents } = await pack({
      name,
      version: firstVersion,
      description,
      author: me.username,
      tags,
      inputs: [],
      syntax: 'braces',
      template: content,
      readme: null,
    });
    return this.publisher.publish({
      promptId: draft.id,
      ownerId: draft.ownerId,
      promptName: name,
      version: firstVersion,
      publishedBy: me.userId,
      contents,
      bytes: {
        size: archive.length,
        sha256: createHash('sha256').update(archive).digest('hex'),
        open: () => Readable.from([archive]),
      },
      assertFree: () => draft.assertFree(),
      prepare: async () => {
        await draft.create();
        await this.records.recordVersion({ id: draft.id, ownerId: draft.ownerId, name }, firstVersion);
      },
    });
  }
}

/** The package, and what it holds as every reader of it will see it. @throws ValidationFailed */
async function pack(source: PackageSource): Promise<{ archive: Buffer; contents: PackageContents }> {
  try {
    const archive = await buildPackage(source);
    return { archive, contents: await readPackage(Readable.from([archive]), source) };
  } catch (error) {
    throw error instanceof InvalidPackage ? ValidationFailed({ content: error.reason }) : error;
  }
}
