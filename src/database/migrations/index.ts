import { Registry0001 } from './0001-registry.js';
import { PromptSearch0002 } from './0002-prompt-search.js';
import { History0003 } from './0003-history.js';
import { PromptReaders0004 } from './0004-prompt-readers.js';
import { AuditLedger0005 } from './0005-audit-ledger.js';
import { Integrations0006 } from './0006-integrations.js';
import { LivePrompts0007 } from './0007-live-prompts.js';
import { LivePromptList0008 } from './0008-live-prompt-list.js';
import { DownloadMonths0009 } from './0009-download-months.js';
import { ChangeFeed0010 } from './0010-change-feed.js';
import { CredentialChanges0011 } from './0011-credential-changes.js';
import { BucketFence0012 } from './0012-bucket-fence.js';
import { KeyLineage0015 } from './0015-key-lineage.js';
import { LoginAddresses0017 } from './0017-login-addresses.js';
import { AsciiAddresses0019 } from './0019-ascii-addresses.js';
import { ReadingRights0021 } from './0021-reading-rights.js';

/**
 * Every migration, oldest first. A released migration is never changed. Numbers 0013, 0014, 0016 and 0018 were never
 * released.
 */
export const migrations = [
  Registry0001,
  PromptSearch0002,
  History0003,
  PromptReaders0004,
  AuditLedger0005,
  Integrations0006,
  LivePrompts0007,
  LivePromptList0008,
  DownloadMonths0009,
  ChangeFeed0010,
  CredentialChanges0011,
  BucketFence0012,
  KeyLineage0015,
  LoginAddresses0017,
  AsciiAddresses0019,
  ReadingRights0021,
];
