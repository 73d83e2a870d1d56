import { InvalidPackage, quote } from '../invalid-package.js';
import { type PaxRecords, readPaxRecords } from './pax-records.js';
import { entryError, type ExtendedKind, type TarHeader } from './tar-header.js';

const LABELS: Readonly<Record<ExtendedKind, string>> = {
  pax: 'PAX header',
  'pax-global': 'global PAX header',
  'gnu-long-name': 'GNU long name',
};

const NO_RECORDS: PaxRecords = new Map();

/** What stands before an entry and changes how it is read: at most one header of each kind. */
export class ExtendedHeaders {
  private readonly seen = new Set<ExtendedKind>();
  private pax: PaxRecords = NO_RECORDS;
  private longName: Buffer | undefined;

  get pending(): boolean {
    return this.seen.size > 0;
  }

  add(kind: ExtendedKind, body: Buffer): void {
    if (this.seen.has(kind)) throw new InvalidPackage(`tar: two ${LABELS[kind]}s for one entry`);
    this.seen.add(kind);
    if (kind === 'pax') this.pax = readRecords(kind, body);
    if (kind === 'pax-global') expectOnlyComment(readRecords(kind, body));
    if (kind === 'gnu-long-name') this.longName = Buffer.from(body.at(-1) === 0 ? body.subarray(0, -1) : body);
    if (this.longName && this.pax.has('path')) {
      throw entryError(this.longName, 'has both a PAX path and a GNU long name');
    }
  }

  /** The entry's own header, as the extended ones say it is to be read. */
  applyTo(header: TarHeader): TarHeader {
    const name = this.pax.get('path') ?? this.longName ?? header.name;
    for (const key of this.pax.keys()) {
      if (key.startsWith('GNU.sparse.') || key === 'SCHILY.realsize') throw entryError(name, 'is a sparse file');
      if (key === 'linkpath') throw entryError(name, 'is a link (its PAX header has a linkpath)');
    }
    const size = this.pax.get('size')?.toString('latin1');
    if (size !== undefined && !isSize(size, header.size)) {
      throw entryError(name, `has the size ${header.size}, but its PAX header says ${quote(size)}`);
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
