import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import type { JsonObject } from '@promptyard/template/json.js';
import type { Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { Prompt } from '../../prompts/prompt.entity.js';
import { PromptRepository } from '../../prompts/prompt.repository.js';
import { ReleaseWriter } from '../../history/releases/release-writer.js';
import { ContractChecker, type ContractFinding } from '../contract/contract-checker.js';
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
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
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
  async recordPackage(newVersion: NewVersion): Promise<ContractFinding | undefined> {
    const { promptId, version, contents, caller } = newVersion;
    const prompt = await this.prompts.lockActive(promptId);
    // The first version has no previous one to compare with.
    const isFirst = prompt.latestVersion == null;
    const finding = isFirst ? undefined : await this.contract.check(promptId, version, variablesOf(contents));
    if (finding && prompt.enforceVariableContract) throw finding.toError();
    await this.writer.fromPackage(prompt, version, (newest) => draftOfPackage(contents, newest, prompt), caller);
    await this.record(newVersion, 'version.publish', {});
    return finding;
  }

  /** @throws PromptNotFound; ValidationFailed for a broken contract, unless that is allowed */
  async recordRevision(newVersion: NewVersion, recordRevision: number, allowBreaking: boolean): Promise<void> {
    const { promptId, version, contents } = newVersion;
    const prompt = await this.prompts.lockActive(promptId);
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
