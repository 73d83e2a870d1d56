import { Injectable } from '@nestjs/common';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import type { Grantee } from '../../../prompts/grants/grant.js';
import { GranteesService } from '../../../prompts/grants/grantees.service.js';
import { toGranteeName } from './access-words.js';
import type { Subject } from './permissions.dto.js';

/** Resolves subjects of this protocol to users and groups. */
@Injectable()
export class SubjectResolver {
  constructor(private readonly grantees: GranteesService) {}

  /** To be asked before what is granted is locked, as GranteesService says. @throws ValidationFailed */
  async find(subject: Subject): Promise<Grantee> {
    const [grantee] = await this.grantees.find([toGranteeName(subject)]);
    if (!grantee) throw ValidationFailed({ 'subject.id': `names no ${subject.type.toLowerCase()}` });
    return grantee;
  }
}
