import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk } from 'diff';
import type { DiffHunk } from './diff.dto.js';
import { changedStretches, type Stretch } from './changed-stretches.js';

export interface TextDiff {
  /** Empty when the texts are equal. */
  unified: string;
  hunks: DiffHunk[];
}

/** The changes of one hunk. */
type Group = [Stretch, ...Stretch[]];

const CONTEXT_LINES = 3;

/** Stands in a patch on a line of its own behind a last line that no line feed ends. */
const UNENDED = '\n\\ No newline at end of file';

/** The patch that makes `after` of `before`, byte for byte, whatever line ends they have; `names` stand in its header. */
export function diffText(before: string, after: string, names: { from: string; to: string }): TextDiff {
  const old = splitLines(before);
  const current = splitLines(after);
  const groups = groupByContext(changedStretches(old, current));
  const hunks = groups.map((group) => hunkOf(group, old, current));
  const patch = { oldFileName: names.from, newFileName: names.to, oldHeader: '', newHeader: '', hunks };
  return { unified: hunks.length === 0 ? '' : formatPatch(patch, FILE_HEADERS_ONLY), hunks: hunks.map(asPlainHunk) };
}

/** Only the line feed ends a line, for `patch` too. The mark of an unended line makes it differ from an ended one. */
function splitLines(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop();
  if (last) lines.push(last + UNENDED);
  return lines;
}

/** Stretches whose context would touch or overlap share a hunk. */
function groupByContext(stretches: readonly Stretch[]): Group[] {
  const groups: Group[] = [];
  for (const stretch of stretches) {
    const group = groups.at(-1);
    if (group && stretch.fromStart - lastOf(group).fromEnd <= 2 * CONTEXT_LINES) group.push(stretch);
    else groups.push([stretch]);
  }
  return groups;
}

function lastOf(group: Group): Stretch {
  return group.at(-1) ?? group[0];
}

function hunkOf(group: Group, old: readonly string[], current: readonly string[]): StructuredPatchHunk {
  const [first] = group;
  const last = lastOf(group);
  const lead = Math.min(CONTEXT_LINES, first.fromStart);
  const trail = Math.min(CONTEXT_LINES, old.length - last.fromEnd);
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
    if (line.endsWith(UNENDED)) lines.push(...`${sign}${line}`.split('\n'));
    else lines.push(sign + line);
  }
}

/** With the numbers of the hunk's header: no lines at all start at the line before them. */
function asPlainHunk({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk): DiffHunk {
  return {
    from_start: oldLines === 0 ? oldStart - 1 : oldStart,
    from_lines: oldLines,
    to_start: newLines === 0 ? newStart - 1 : newStart,
    to_lines: newLines,
    lines,
  };
}
