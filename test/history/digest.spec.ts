import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { digestOf, packagingDigestOf, type RevisionContent } from '../../src/history/revisions/revision-content.js';

const json = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 })) as fc.Arbitrary<
  RevisionContent['settings']
>;
const text = fc.string({ unit: 'binary', maxLength: 4 }).filter((value) => value.isWellFormed());
const variable = fc.record({ name: fc.constantFrom('a', 'b'), required: fc.boolean() });

const contents: fc.Arbitrary<RevisionContent> = fc.record({
  content: text,
  syntax: fc.constantFrom('braces', 'dollar'),
  title: fc.option(text),
  description: fc.option(text),
  tags: fc.array(text, { maxLength: 2 }),
  variables: fc.array(variable, { maxLength: 2 }),
  settings: json,
  data: json,
  meta: json,
  packaging: fc.option(fc.record({ author: fc.option(text), readme: fc.option(text), extra: json })),
});

/** As it comes back from the database and from an answer. */
const stored = (content: RevisionContent) => JSON.parse(JSON.stringify(content)) as RevisionContent;
const reversed = <T extends object>(value: T) => Object.fromEntries(Object.entries(value).reverse()) as T;

it('is the same for the same content, whatever the order of its keys', () => {
  fc.assert(
    fc.property(contents, (content) => {
      const other = reversed({ ...content, settings: reversed(content.settings) });
      expect(digestOf(stored(other))).toBe(digestOf(content));
    }),
  );
});

it('differs for any other content', () => {
  const pairs = fc
    .tuple(contents, contents)
    .chain(([one, other]) =>
      fc
        .constantFrom(...(Object.keys(one) as (keyof RevisionContent)[]))
        .map((field) => [one, { ...one, [field]: other[field] }] as const),
    );
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      expect(digestOf(one) === digestOf(other)).toBe(isDeepStrictEqual(stored(one), stored(other)));
    }),
    { numRuns: 500 },
  );
});

it('is computed as documented', async () => {
  const description = await readFile(new URL('../../docs/build/digest.md', import.meta.url), 'utf8');
  const [, revision = '', packaging = '', form = '', digest] =
    /```json\n([^]*?)```[^]*?```json\n([^]*?)```[^]*?```json\n([^]*?)```[^]*?`sha256:([0-9a-f]{64})`/.exec(
      description,
    ) ?? [];
  const content = {
    ...(JSON.parse(revision) as RevisionContent),
    packaging: JSON.parse(packaging) as RevisionContent['packaging'],
  };
  const described = JSON.parse(form) as { packaging: string };
  expect(described.packaging).toBe(packagingDigestOf(content.packaging));
  expect(described).toEqual({ ...content, packaging: described.packaging });
  expect(digestOf(content)).toBe(digest);
});
