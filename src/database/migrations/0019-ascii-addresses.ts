import { Migration } from '@mikro-orm/migrations';

/**
 * Compares addresses with only A-Z folded: under most collations `lower` also turns `ALİCE@x.com` into `alice@x.com`.
 * The old index did not allow two such rows, so no rows have to be changed. The previous version searches addresses
 * without an index until it is replaced; accounts are few.
 */
export class AsciiAddresses0019 extends Migration {
  override up(): void {
    this.addSql(`create unique index account_ascii_email_key on account (lower(email collate "C"))`);
    this.addSql('drop index account_email_key');
    this.addSql('alter index account_ascii_email_key rename to account_email_key');
  }
}
