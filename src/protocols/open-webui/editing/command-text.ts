import type { TemplateText } from '@promptyard/template/tokenize.js';
import { PayloadTooLarge } from '../../../common/errors/catalogue.js';
import { largestContentBytes } from '../../../history/revisions/revisions.dto.js';

/** @throws PayloadTooLarge for a text that is too large to be kept */
export function checkedText<Text extends TemplateText>(text: Text): Text {
  if (Buffer.byteLength(text.text) > largestContentBytes) throw PayloadTooLarge();
  return text;
}
