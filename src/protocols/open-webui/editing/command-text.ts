import type { TemplateText } from '@promptyard/template/tokenize.js';
import { PayloadTooLarge } from '../../../common/errors/catalogue.js';
import { maxContentBytes } from '../../../history/revisions/revisions.dto.js';

/** @throws PayloadTooLarge for a text that is too large to be stored */
export function checkedText<Text extends TemplateText>(text: Text): Text {
  if (Buffer.byteLength(text.text) > maxContentBytes) throw PayloadTooLarge();
  return text;
}
