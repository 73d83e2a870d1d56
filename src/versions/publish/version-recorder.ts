import { Injectable } from '@nestjs/common';
import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import type { JsonObject } from '@promptyard/template/json.js';
import type { Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import type { StoredRevision } from '../../history/revisions/revision.entity.js';
import { type PackageHistory, PromptHistoryReader } from '../../history/state/prompt-history-reader.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import { PromptNotFound } from '../../prompts/prompts.errors.js';
import { ReleaseWriter } from '../../history/releases/release-writer.js';
import { compareWith, ContractChecker, type ContractFinding } from '../contract/contract-checker.js';
import type { ObjectBytes } from '../reservations/reserved-object-store.js';
import { draftOfPackage, variablesOf } from './draft-of-package.js';

export interface NewVersion {
  readonly promptId: string;
  readonly version: string;
  readonly contents: PackageContents;
  readonly bytes: ObjectBytes;
  readonly caller: Principal;
}

/** Records a version in the history of its prompt, in the transaction that makes it visible, with the prompt locked. */
@Injectable()
export class VersionRecorder {
  constructor(
    private readonly histories: PromptHistoryReader,
    private readonly writer: ReleaseWriter,
    private readonly contract: ContractChecker,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * Asks early, so that nothing is stored in vain; it is asked again under the lock, when the previous version may be
   * another one.
   * @throws ValidationFailed for a broken contract
   */
  async assertContract(
    promptId: string,
    version: string,
    variables: Parameters<ContractChecker['check']>[2],
  ): Promise<void> {
    const finding = await this.contract.check(promptId, version, variables);
    if (finding) throw finding.toError();
  }

  /** @throws PromptNotFound; ValidationFailed for a broken contract that the prompt enforces */
  async recordPackage(
    newVersion: NewVersion,
    prompt: Prompt | null,
    known?: PackageHistory,
  ): Promise<ContractFinding | undefined> {
    const { promptId, version, contents, caller } = newVersion;
    if (!prompt) throw PromptNotFound();
    const history = known ?? (await this.histories.ofPackage(promptId, version));
    const finding = compareWith(history.previous, version, variablesOf(contents));
    if (finding && prompt.enforceVariableContract) throw finding.toError();
    const toDraft = (newest: StoredRevision | null) => draftOfPackage(contents, newest, prompt);
    await this.writer.fromPackage(prompt, version, history, toDraft, caller);
    await this.record(newVersion, 'version.publish', {});
    return finding;
  }

  /** @throws PromptNotFound; ValidationFailed for a broken contract, unless that is allowed */
  async recordRevision(
    newVersion: NewVersion,
    prompt: Prompt | null,
    recordRevision: number,
    allowBreaking: boolean,
  ): Promise<void> {
    const { promptId, version, contents } = newVersion;
    if (!prompt) throw PromptNotFound();
    const finding = await this.contract.check(promptId, version, variablesOf(contents));
    if (finding && !allowBreaking) throw finding.toError();
    await this.writer.fromRevision(prompt, version, recordRevision);
    await this.record(newVersion, 'version.release', {
      revision: recordRevision,
      ...(finding ? { allowed: finding.details } : {}),
    });
  }

  private async record(
    newVersion: NewVersion,
    action: 'version.publish' | 'version.release',
    extraDetails: JsonObject,
  ) {
    const { promptId, version, bytes, caller } = newVersion;
    const details = { sha256: bytes.sha256, size: bytes.size, ...extraDetails };
    await this.audit.record(caller, { action, subject: version, promptId, details });
  }
}
