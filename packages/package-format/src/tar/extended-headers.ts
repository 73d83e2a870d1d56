import { InvalidPackage, quote } from '../invalid-package.js';
import { type PaxRecords, readPaxRecords } from './pax-records.js';
import { entryError, type ExtendedKind, type TarHeader } from './tar-header.js';

const LABELS: Readonly<Record<ExtendedKind, string>> = {
  pax: 'PAX header',
  'pax-global': 'global PAX header',
  'gnu-long-name': 'GNU long name',
};

/** What stands before an entry and changes how it is read: at most one header of each kind. */
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
    if (this.seen.has(kind)) throw new InvalidPackage(`tar: two ${LABELS[kind]}s for one entry`);
    this.seen.add(kind);
    if (kind === 'pax') this.addRecords(readRecords(kind, body));
    if (kind === 'pax-global') expectOnlyComment(readRecords(kind, body));
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

  /** The entry's own header, as the extended ones say it is to be read. */
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
  if (!records) throw new InvalidPackage(`tar: malformed records in a ${LABELS[kind]}`);
  return records;
}

/** Anything else would change every entry after it, and readers disagree about that. */
function expectOnlyComment(records: PaxRecords): void {
  for (const key of records.keys()) {
    if (key !== 'comment')
      throw new InvalidPackage(`tar: the global PAX header holds ${quote(key)}; only a comment is taken`);
  }
}
