import { InvalidObjectKey } from './storage.errors.js';

/** S3's limit. */
const maxKeyBytes = 1024;
/** File systems take 255; the disk adapter appends a suffix. */
const maxSegmentBytes = 240;

/** Ends the name of every object's file on disk, so that a folder can have the same name as an object. */
export const objectSuffix = '.object';

export const fencePrefix = 'fence/';
export const claimPrefix = 'claims/';
export const probePrefix = 'probe/';

/** What the key of a version's package is built from. */
export interface VersionKeyParts {
  readonly ownerId: string;
  readonly promptName: string;
  readonly version: string;
}

/** The key of a package version: what `/v1` shows as `tarball_url`. Stored with the version, never derived again. */
export function versionKey(parts: VersionKeyParts): string {
  return keyOf(parts.ownerId, parts.promptName, `${parts.version}.tar.gz`);
}

/** The key of a version's package if the usual key is not available. No other reservation has this key. */
export function alternateVersionKey(parts: VersionKeyParts, reservationId: string): string {
  return keyOf(parts.ownerId, parts.promptName, parts.version, `${reservationId}.tar.gz`);
}

/** What all alternate keys of a version start with. */
export function alternateVersionPrefix(parts: VersionKeyParts): string {
  return `${keyOf(parts.ownerId, parts.promptName, parts.version)}/`;
}

/** The key of a fence object. The fence with the highest number decides which database owns the bucket. */
export function fenceKey(number: number): string {
  return keyOf('fence', String(number).padStart(12, '0'));
}

/** The key of the claim that decides whether an object is deleted. */
export function claimKey(objectKey: string): string {
  assertObjectKey(objectKey);
  return `${claimPrefix}${objectKey}`;
}

/** The prefix `probe` cannot collide with owners, whose ids are UUIDs. */
export function probeKey(id: string): string {
  return keyOf('probe', id);
}

/** Whether the key can be that of a package. Other objects have prefixes of their own. */
export function isVersionKey(key: string): boolean {
  return ![fencePrefix, claimPrefix, probePrefix].some((prefix) => key.startsWith(prefix));
}

function keyOf(...segments: string[]): string {
  const key = segments.join('/');
  if (segments.some((segment) => segment.includes('/'))) throw new InvalidObjectKey(key, 'a part of it holds a slash');
  assertObjectKey(key);
  return key;
}

/** Checks the rules that every adapter supports, so that objects can move between adapters. */
export function assertObjectKey(key: string): void {
  const reason = problemOf(key);
  if (reason) throw new InvalidObjectKey(key, reason);
}

function problemOf(key: string): string | undefined {
  if (!key.isWellFormed()) return 'it is no well-formed Unicode';
  if (Buffer.byteLength(key) > maxKeyBytes) return `it is longer than ${maxKeyBytes} bytes`;
  // eslint-disable-next-line no-control-regex -- control characters, NUL first of all, are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(key)) return 'it holds a control character or a backslash';
  return key.split('/').map(problemOfSegment).find(Boolean);
}

function problemOfSegment(segment: string): string | undefined {
  if (segment === '') return 'a part of it is empty';
  if (segment.startsWith('.')) return 'a part of it starts with a dot';
  if (segment.endsWith(objectSuffix)) return `a part of it ends with ${objectSuffix}`;
  if (Buffer.byteLength(segment) > maxSegmentBytes) return `a part of it is longer than ${maxSegmentBytes} bytes`;
  return undefined;
}
