import { Text } from '../../common/http/scalars.js';

const maxNameLength = 255;
/** No control characters and line separators, and at least one visible character. */
const printablePattern = /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]+$/u;

/** The name of a prompt on protocols that do not require a slug: any printable text, stored unchanged. */
export const PrintableName = Text.refine((name) => printablePattern.test(name), 'must be printable text').refine(
  (name) => [...name].length <= maxNameLength,
  `must be at most ${maxNameLength} characters long`,
);
