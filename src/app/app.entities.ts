import { Download } from '../analytics/download.entity.js';
import {
  DownloadDay,
  DownloadHour,
  DownloadRollup,
  DownloadVisitor,
} from '../analytics/roll-up/download-sums.entities.js';
import { AuditEntry } from '../auth/audit/audit-entry.entity.js';
import { Setting } from '../auth/bootstrap/setting.entity.js';
import { ApiKey } from '../auth/credentials/api-keys/api-key.entity.js';
import { LoginAddress } from '../auth/credentials/logins/login-address.entity.js';
import { LoginFailure } from '../auth/credentials/logins/login-failure.entity.js';
import { Group } from '../auth/groups/group.entity.js';
import { GroupMember } from '../auth/groups/group-member.entity.js';
import { Account } from '../auth/accounts/account.entity.js';
import { Membership } from '../auth/accounts/membership.entity.js';
import { Owner } from '../auth/accounts/owner.entity.js';
import { LabelProtection } from '../prompts/names/label-protection.entity.js';
import { Label } from '../history/pointers/label.entity.js';
import { LabelMove } from '../history/pointers/label-move.entity.js';
import { Prompt } from '../prompts/prompt.entity.js';
import { PromptGrant } from '../prompts/grants/prompt-grant.entity.js';
import { PublishedName } from '../prompts/names/published-name.entity.js';
import { Release } from '../history/releases/release.entity.js';
import { HiddenRevision } from '../history/entries/hidden-revision.entity.js';
import { Revision } from '../history/revisions/revision.entity.js';
import { BucketFence } from '../versions/reservations/bucket-fence/bucket-fence.entity.js';
import { VersionReservation } from '../versions/reservations/version-reservation.entity.js';
import { Version } from '../versions/version.entity.js';
import { Integration } from '../protocols/conductor/integrations/integration.entity.js';
import { IntegrationGrant } from '../protocols/conductor/integrations/integration-grant.entity.js';
import { IntegrationModel } from '../protocols/conductor/integrations/models/integration-model.entity.js';

/** Every entity of the product. */
export const entities = [
  Account,
  ApiKey,
  AuditEntry,
  BucketFence,
  Download,
  DownloadDay,
  DownloadHour,
  DownloadRollup,
  DownloadVisitor,
  Group,
  GroupMember,
  HiddenRevision,
  Integration,
  IntegrationGrant,
  IntegrationModel,
  Label,
  LabelMove,
  LabelProtection,
  LoginAddress,
  LoginFailure,
  Membership,
  Owner,
  Prompt,
  PromptGrant,
  PublishedName,
  Release,
  Revision,
  Setting,
  Version,
  VersionReservation,
];
