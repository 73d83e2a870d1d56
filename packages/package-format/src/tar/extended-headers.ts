import { InvalidPackage, quote } from '../invalid-package.js';
import { type PaxRecords, readPaxRecords } from './pax-records.js';
import { entryError, type ExtendedKind, type TarHeader } from './tar-header.js';

const headerLabels: Readonly<Record<ExtendedKind, string>> = {
  pax: 'PAX header',
  'pax-global': 'global PAX header',
  'gnu-long-name': 'GNU long name',
};

/** The extended headers before an entry, at most one of each kind. */
export class ExtendedHeaders {
  private readonly seen = new Set<ExtendedKind>();
  private path: Buffer | undefined;
  private longName: Buffer | undefined;
  private size: string | undefined;
  private refusal: string | undefined;

  get pending(): boolean {
    return this.seen.size > 0;
  }

  /** Keeps copies of what it needs of the body. */
  add(kind: ExtendedKind, body: Buffer): void {
    if (this.seen.has(kind)) throw new InvalidPackage(`tar: two ${headerLabels[kind]}s for one entry`);
    this.seen.add(kind);
    if (kind === 'pax') this.addRecords(readRecords(kind, body));
    if (kind === 'pax-global') assertOnlyComment(readRecords(kind, body));
    if (kind === 'gnu-long-name') this.longName = Buffer.from(body.at(-1) === 0 ? body.subarray(0, -1) : body);
    if (this.longName && this.path) throw entryError(this.longName, 'has both a PAX path and a GNU long name');
  }

  private addRecords(records: PaxRecords): void {
    const path = records.get('path');
    this.path = path && Buffer.from(path);
    this.size = records.get('size')?.toString('latin1');
    for (const key of records.keys()) {
      if (key.startsWith('GNU.sparse.') || key === 'SCHILY.realsize') this.refusal = 'is a sparse file';
      if (key === 'linkpath') this.refusal = 'is a link (its PAX header has a linkpath)';
    }
  }

  /** Applies the extended headers to the header of the entry. */
  applyTo(header: TarHeader): TarHeader {
    const name = this.path ?? this.longName ?? header.name;
    if (this.refusal) throw entryError(name, this.refusal);
    if (this.size !== undefined && !isSize(this.size, header.size)) {
      throw entryError(name, `has the size ${header.size}, but its PAX header says ${quote(this.size)}`);
    }
    return { ...header, name };
  }
}

function isSize(text: string, size: number): boolean {
  return /^[0-9]{1,20}$/.test(text) && Number(text) === size;
}

function readRecords(kind: ExtendedKind, body: Buffer): PaxRecords {
  const records = readPaxRecords(body);
  if (!records) throw new InvalidPackage(`tar: malformed records in a ${headerLabels[kind]}`);
  return records;
}

/** Other keys would change all following entries, and readers differ in this. */
function assertOnlyComment(records: PaxRecords): void {
  for (const key of records.keys()) {
    if (key !== 'comment')
      throw new InvalidPackage(`tar: the global PAX header holds ${quote(key)}; only a comment is taken`);
  }
}
