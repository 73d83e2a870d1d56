import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DownloadUrlOptions } from '../object-storage.js';
import { FileAddressRefused } from '../storage.errors.js';

export const filesPath = '/v1/files/';

/** The file of a signed URL. */
export interface SignedFile {
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
}

const signaturePattern = /^[0-9a-f]{64}$/;
const epochSecondsPattern = /^\d{1,12}$/;

/** Signs and verifies the URLs of files on disk. All their parts are signed, and they expire. */
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
    const responseParameters = `filename=${encodeURIComponent(filename)}&type=${encodeURIComponent(contentType)}`;
    return `${baseUrl}${pathOf(key)}?expires=${expires}&signature=${signature}&${responseParameters}`;
  }

  /**
   * @param target path and query as the client sent them
   * @throws FileAddressRefused if any part is changed, missing, repeated or added, or if it has expired
   */
  verify(target: string): SignedFile {
    const { file, expires, signature } = parse(target);
    const expected = this.signatureOf(file, expires);
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) throw FileAddressRefused();
    if (Number(expires) <= this.seconds()) throw FileAddressRefused();
    return file;
  }

  private signatureOf({ key, filename, contentType }: SignedFile, expires: string): string {
    // JSON separates the parts unambiguously.
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
  const isComplete =
    filename !== null && contentType !== null && epochSecondsPattern.test(expires) && signaturePattern.test(signature);
  if (!isComplete || key === undefined || query.size !== 4 || rest.length > 0) throw FileAddressRefused();
  return { file: { key, filename, contentType }, expires, signature };
}

function pathOf(key: string): string {
  return filesPath + key.split('/').map(encodeURIComponent).join('/');
}

/** The key in a path; undefined if the path is not in the exact form that this server writes. */
function keyOf(path: string): string | undefined {
  if (!path.startsWith(filesPath)) return undefined;
  try {
    const key = path.slice(filesPath.length).split('/').map(decodeURIComponent).join('/');
    return pathOf(key) === path ? key : undefined;
  } catch {
    return undefined;
  }
}
