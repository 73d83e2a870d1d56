import { Migration } from '@mikro-orm/migrations';

/**
 * Compares addresses with A-Z folded and nothing else: under most collations `lower` makes `alice@x.com` of `ALİCE@x.com`
 * too. Under the old index two such rows could not exist together, so that none have to be changed. The previous version
 * finds addresses without an index until it is gone; accounts are few.
 */
export class AsciiAddresses0019 extends Migration {
  override up(): void {
    this.addSql(`create unique index account_ascii_email_key on account (lower(email collate "C"))`);
    this.addSql('drop index account_email_key');
    this.addSql('alter index account_ascii_email_key rename to account_email_key');
  }
}
