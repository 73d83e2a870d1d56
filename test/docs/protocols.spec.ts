import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { operations } from '../openapi/document.js';

const pages = globSync('docs/protocols/!(README).md').sort();
const lastSection = '\n## Not served yet\n';

/** What the paths of a page hang under, where they are not written out. */
const bases: Readonly<Record<string, string>> = {
  'open-webui.md': '/api/v1/prompts',
  'templates-v1.md': '/v1/prompts/:owner/:name',
};

const served = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${withoutNames(path)}`));

/** The page's text about what is served, and the section about what is not. */
function partsOf(page: string): readonly [served: string, notServed: string] {
  const [above = '', below = ''] = readFileSync(page, 'utf8').split(lastSection);
  return [above, below];
}

/** Operations that stand in backquotes, such as `GET|PUT /grants` or `POST /api/prompts/{name}?version`. */
function operationsIn(text: string, base: string): string[] {
  const written = text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE)(?:\|[A-Z]+)*) (\/[^\s`?]*)/g);
  return [...written].flatMap(([, methods = '', path = '']) => {
    const whole = /^\/(v1|api|health|metrics)(\/|$)/.test(path) ? path : `${base}${path}`;
    return methods.split('|').map((method) => `${method} ${withoutNames(whole)}`);
  });
}

function withoutNames(path: string): string {
  return path.replaceAll(/:\w+|\{\w+\}/g, ':').replace(/\/$/, '');
}

it('are all led to by the first page', () => {
  const first = readFileSync('docs/protocols/README.md', 'utf8');
  expect(pages.length).toBeGreaterThan(4);
  expect(pages.filter((page) => !first.includes(`](${basename(page)})`))).toEqual([]);
});

describe.each(pages)('%s', (page) => {
  const base = bases[basename(page)] ?? '';
  const [above, below] = partsOf(page);

  it('ends with what is not served yet', () => {
    expect(below).not.toBe('');
    expect(below).not.toContain('\n## ');
  });

  it('names only operations that are served above its last section, and none of them in it', () => {
    expect(operationsIn(above, base).filter((operation) => !served.has(operation))).toEqual([]);
    expect(operationsIn(below, base).filter((operation) => served.has(operation))).toEqual([]);
  });
});

it('finds the operations of the pages', () => {
  const named = pages.map((page) => operationsIn(partsOf(page)[0], bases[basename(page)] ?? '').length);
  expect(Math.max(...named)).toBeGreaterThan(20);
  expect(operationsIn(partsOf('docs/protocols/conductor.md')[1], '').length).toBeGreaterThan(3);
});
