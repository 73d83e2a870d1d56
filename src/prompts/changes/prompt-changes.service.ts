import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { changesTo, type PromptChange } from './prompt-change.js';
import { PromptNamesService } from '../names/prompt-names.service.js';
import type { Prompt } from '../prompt.entity.js';

/** Changes of what a prompt says of itself, for every protocol. */
@Injectable()
export class PromptChangesService {
  constructor(
    private readonly names: PromptNamesService,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * Changes a prompt of the owner with this slug, which the running transaction holds; its caller decides what may be
   * changed. @throws NamePublished, LabelProtected, PromptExists where it gets another name
   */
  async change(prompt: Prompt, owner: string, change: PromptChange, caller: Principal): Promise<void> {
    const subject = `${owner}/${prompt.name}`;
    const details = changesTo(prompt, change);
    if (change.name !== undefined && change.name !== prompt.name) await this.names.rename(prompt, change.name, caller);
    prompt.description = change.description ?? prompt.description;
    prompt.title = change.title === undefined ? prompt.title : change.title;
    prompt.tags = change.tags ?? prompt.tags;
    prompt.data = change.data ?? prompt.data;
    prompt.meta = change.meta ?? prompt.meta;
    prompt.isActive = change.is_active ?? prompt.isActive;
    prompt.visibility = change.visibility ?? prompt.visibility;
    prompt.enforceVariableContract = change.enforce_variable_contract ?? prompt.enforceVariableContract;
    prompt.updatedAt = new Date();
    if (details) await this.audit.record(caller, { action: 'prompt.update', subject, promptId: prompt.id, details });
  }
}
