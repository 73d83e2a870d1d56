import { RevisionDiff } from '../../../src/history/diff/diff.dto.js';
import { type ComparedRevision, diffRevisions } from '../../../src/history/diff/diff-revisions.js';

const third: ComparedRevision = {
  number: 3,
  content: 'Hello {{who}}.\n',
  variables: [{ name: 'who', required: true }],
  settings: { temperature: 0.2, stop: null },
};
const seventh: ComparedRevision = {
  number: 7,
  content: 'Hello {{name}}!\n',
  variables: [{ name: 'name', required: true, label: 'Your name' }],
  settings: { temperature: 0.2, top_p: 1 },
};

it('shows how two revisions differ in text, variables and settings', () => {
  expect(diffRevisions(third, seventh)).toEqual({
    from: 3,
    to: 7,
    unified: '--- revision-3/prompt.md\n+++ revision-7/prompt.md\n@@ -1,1 +1,1 @@\n-Hello {{who}}.\n+Hello {{name}}!\n',
    hunks: [{ from_start: 1, from_lines: 1, to_start: 1, to_lines: 1, lines: ['-Hello {{who}}.', '+Hello {{name}}!'] }],
    variables: { added: seventh.variables, removed: third.variables, changed: [] },
    settings: [
      { name: 'stop', from: null },
      { name: 'top_p', to: 1 },
    ],
  });
});

it('is empty for a revision and itself', () => {
  const none = { unified: '', hunks: [], variables: { added: [], removed: [], changed: [] }, settings: [] };
  expect(diffRevisions(third, third)).toEqual({ from: 3, to: 3, ...none });
});

it('answers what its schema documents', () => {
  const answer = diffRevisions(third, seventh);
  expect(RevisionDiff.parse(answer)).toEqual(answer);
});
