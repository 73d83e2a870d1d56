import { isUtf8 } from 'node:buffer';
import { PayloadTooLarge, ValidationFailed } from '../../../../common/errors/catalogue.js';
import { isStorableText } from '../../../../common/http/scalars.js';
import { maxContentBytes } from '../../../../history/revisions/revisions.dto.js';
import { decodeTemplate } from './decode-template.js';

/** The template in the body of a save. @throws ValidationFailed, PayloadTooLarge */
export function readTemplate(body: unknown, userAgent: string | undefined): string {
  if (!Buffer.isBuffer(body)) throw ValidationFailed({ template: 'is required' });
  // Refused, because lenient decoding would replace the malformed bytes.
  if (!isUtf8(body)) throw ValidationFailed({ template: 'must be valid UTF-8' });
  return checkedTemplate(decodeTemplate(body.toString(), userAgent));
}

/** @throws ValidationFailed, PayloadTooLarge */
export function checkedTemplate(text: string): string {
  if (text === '') throw ValidationFailed({ template: 'is required' });
  if (Buffer.byteLength(text) > maxContentBytes) throw PayloadTooLarge();
  if (!isStorableText(text)) throw ValidationFailed({ template: 'must be valid Unicode without NUL characters' });
  return text;
}
