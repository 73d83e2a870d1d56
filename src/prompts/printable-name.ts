import { Text } from '../common/http/scalars.js';

const longestName = 255;
/** Nothing that moves the cursor, and at least something to see. */
const printable = /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]+$/u;

/** A prompt's name where it need not be a slug: any printable text, kept as it is given. */
export const PrintableName = Text.refine((name) => printable.test(name), 'must be printable text').refine(
  (name) => [...name].length <= longestName,
  `must be at most ${longestName} characters long`,
);
