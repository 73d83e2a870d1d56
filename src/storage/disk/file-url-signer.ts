import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DownloadUrlOptions } from '../object-storage.js';
import { FileAddressRefused } from '../storage.errors.js';

export const FILES_PATH = '/v1/files/';

/** What an address that this server signed gives access to. */
export interface SignedFile {
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
}

const Signature = /^[0-9a-f]{64}$/;
const EpochSeconds = /^\d{1,12}$/;

/** Makes and checks the addresses of files on disk: everything in them is signed, and they expire. */
export class FileUrlSigner {
  private readonly secret: KeyObject;

  constructor(
    secret: Buffer,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.secret = createSecretKey(secret);
  }

  sign(key: string, { expiresIn, filename, contentType, baseUrl }: DownloadUrlOptions): string {
    const expires = String(this.seconds() + expiresIn);
    const signature = this.signatureOf({ key, filename, contentType }, expires);
    const saved = `filename=${encodeURIComponent(filename)}&type=${encodeURIComponent(contentType)}`;
    return `${baseUrl}${pathOf(key)}?expires=${expires}&signature=${signature}&${saved}`;
  }

  /**
   * @param target path and query as the client sent them
   * @throws FileAddressRefused when anything is changed, missing, given twice or added, or when it is too late
   */
  verify(target: string): SignedFile {
    const { file, expires, signature } = parse(target);
    const expected = this.signatureOf(file, expires);
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) throw FileAddressRefused();
    if (Number(expires) <= this.seconds()) throw FileAddressRefused();
    return file;
  }

  private signatureOf({ key, filename, contentType }: SignedFile, expires: string): string {
    // JSON keeps the parts apart: no two of them can trade characters without changing the text.
    const text = JSON.stringify([key, expires, filename, contentType]);
    return createHmac('sha256', this.secret).update(text).digest('hex');
  }

  private seconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }
}

function parse(target: string): { file: SignedFile; expires: string; signature: string } {
  const [path = '', search = '', ...rest] = target.split('?');
  const query = new URLSearchParams(search);
  const expires = query.get('expires') ?? '';
  const signature = query.get('signature') ?? '';
  const filename = query.get('filename');
  const contentType = query.get('type');
  const key = keyOf(path);
  const complete = filename !== null && contentType !== null && EpochSeconds.test(expires) && Signature.test(signature);
  if (!complete || key === undefined || query.size !== 4 || rest.length > 0) throw FileAddressRefused();
  return { file: { key, filename, contentType }, expires, signature };
}

function pathOf(key: string): string {
  return FILES_PATH + key.split('/').map(encodeURIComponent).join('/');
}

/** The key in a path that is spelled exactly as this server spells it. */
function keyOf(path: string): string | undefined {
  if (!path.startsWith(FILES_PATH)) return undefined;
  try {
    const key = path.slice(FILES_PATH.length).split('/').map(decodeURIComponent).join('/');
    return pathOf(key) === path ? key : undefined;
  } catch {
    return undefined;
  }
}
