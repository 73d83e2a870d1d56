import { InvalidObjectKey } from './storage.errors.js';

/** S3's limit. */
const MAX_KEY_BYTES = 1024;
/** File systems take 255; the disk adapter appends a suffix. */
const MAX_SEGMENT_BYTES = 240;

/** Ends the name of every object's file on disk, so that a folder can have the same name as an object. */
export const OBJECT_SUFFIX = '.object';

export const fencePrefix = 'fence/';
export const claimPrefix = 'claims/';
export const probePrefix = 'probe/';

/** What the key of a version's package is built from. */
export interface VersionPlace {
  readonly ownerId: string;
  readonly promptName: string;
  readonly version: string;
}

/** The key of a package version: what `/v1` shows as `tarball_url`. Stored with the version, never derived again. */
export function versionKey(at: VersionPlace): string {
  return keyOf(at.ownerId, at.promptName, `${at.version}.tar.gz`);
}

/** Where a version's package goes that cannot have its usual key: a key that no other reservation ever has. */
export function alternateVersionKey(at: VersionPlace, reservationId: string): string {
  return keyOf(at.ownerId, at.promptName, at.version, `${reservationId}.tar.gz`);
}

/** What all alternate keys of a version start with. */
export function alternateVersionPrefix(at: VersionPlace): string {
  return `${keyOf(at.ownerId, at.promptName, at.version)}/`;
}

/** Says which database has taken the bucket: the one with the highest number counts. */
export function fenceKey(number: number): string {
  return keyOf('fence', String(number).padStart(12, '0'));
}

/** Says whether the object under a key is to be deleted, or to stay. */
export function claimKey(objectKey: string): string {
  assertObjectKey(objectKey);
  return `${claimPrefix}${objectKey}`;
}

/** Owners are UUIDs, so nothing of theirs is ever under `probe`. */
export function probeKey(id: string): string {
  return keyOf('probe', id);
}

/** Whether the object under a key may be a package: everything else has a place of its own. */
export function isVersionKey(key: string): boolean {
  return ![fencePrefix, claimPrefix, probePrefix].some((prefix) => key.startsWith(prefix));
}

function keyOf(...segments: string[]): string {
  const key = segments.join('/');
  if (segments.some((segment) => segment.includes('/'))) throw new InvalidObjectKey(key, 'a part of it holds a slash');
  assertObjectKey(key);
  return key;
}

/** What every adapter accepts, so that objects can move from one to another. */
export function assertObjectKey(key: string): void {
  const reason = problemOf(key);
  if (reason) throw new InvalidObjectKey(key, reason);
}

function problemOf(key: string): string | undefined {
  if (!key.isWellFormed()) return 'it is no well-formed Unicode';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `it is longer than ${MAX_KEY_BYTES} bytes`;
  // eslint-disable-next-line no-control-regex -- control characters, NUL first of all, are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(key)) return 'it holds a control character or a backslash';
  return key.split('/').map(problemOfSegment).find(Boolean);
}

function problemOfSegment(segment: string): string | undefined {
  if (segment === '') return 'a part of it is empty';
  if (segment.startsWith('.')) return 'a part of it starts with a dot';
  if (segment.endsWith(OBJECT_SUFFIX)) return `a part of it ends with ${OBJECT_SUFFIX}`;
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return `a part of it is longer than ${MAX_SEGMENT_BYTES} bytes`;
  return undefined;
}
