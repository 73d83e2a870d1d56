import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk } from 'diff';
import type { DiffHunk } from './diff.dto.js';
import { changedRanges, type ChangedRange } from './changed-ranges.js';

export interface TextDiff {
  /** Empty when the texts are equal. */
  unified: string;
  hunks: DiffHunk[];
}

/** The changes of one hunk. */
type Group = [ChangedRange, ...ChangedRange[]];

const contextLines = 3;

/** In a patch, follows a last line without a line feed on a line of its own. */
const noNewlineMarker = '\n\\ No newline at end of file';

/** The patch from `before` to `after`, exact to the byte, with any line ends. `names` are used in its header. */
export function diffText(before: string, after: string, names: { from: string; to: string }): TextDiff {
  const old = splitLines(before);
  const current = splitLines(after);
  const groups = groupByContext(changedRanges(old, current));
  const hunks = groups.map((group) => toHunk(group, old, current));
  const patch = { oldFileName: names.from, newFileName: names.to, oldHeader: '', newHeader: '', hunks };
  return { unified: hunks.length === 0 ? '' : formatPatch(patch, FILE_HEADERS_ONLY), hunks: hunks.map(asPlainHunk) };
}

/** Only a line feed ends a line, as in `patch`. The mark makes an unended line differ from an ended one. */
function splitLines(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop();
  if (last) lines.push(last + noNewlineMarker);
  return lines;
}

/** Ranges whose context would touch or overlap share a hunk. */
function groupByContext(ranges: readonly ChangedRange[]): Group[] {
  const groups: Group[] = [];
  for (const range of ranges) {
    const group = groups.at(-1);
    if (group && range.fromStart - lastRange(group).fromEnd <= 2 * contextLines) group.push(range);
    else groups.push([range]);
  }
  return groups;
}

function lastRange(group: Group): ChangedRange {
  return group.at(-1) ?? group[0];
}

function toHunk(group: Group, old: readonly string[], current: readonly string[]): StructuredPatchHunk {
  const [first] = group;
  const last = lastRange(group);
  const lead = Math.min(contextLines, first.fromStart);
  const trail = Math.min(contextLines, old.length - last.fromEnd);
  const lines: string[] = [];
  let shown = first.fromStart - lead;
  for (const { fromStart, fromEnd, toStart, toEnd } of group) {
    addLines(lines, ' ', old.slice(shown, fromStart));
    addLines(lines, '-', old.slice(fromStart, fromEnd));
    addLines(lines, '+', current.slice(toStart, toEnd));
    shown = fromEnd;
  }
  addLines(lines, ' ', old.slice(shown, shown + trail));
  return {
    oldStart: first.fromStart - lead + 1,
    oldLines: last.fromEnd + trail - (first.fromStart - lead),
    newStart: first.toStart - lead + 1,
    newLines: last.toEnd + trail - (first.toStart - lead),
    lines,
  };
}

function addLines(lines: string[], sign: ' ' | '-' | '+', added: readonly string[]): void {
  for (const line of added) {
    if (line.endsWith(noNewlineMarker)) lines.push(...`${sign}${line}`.split('\n'));
    else lines.push(sign + line);
  }
}

/** With the numbers of the hunk's header: an empty range starts at the line before it. */
function asPlainHunk({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk): DiffHunk {
  return {
    from_start: oldLines === 0 ? oldStart - 1 : oldStart,
    from_lines: oldLines,
    to_start: newLines === 0 ? newStart - 1 : newStart,
    to_lines: newLines,
    lines,
  };
}
