import { withManifest } from '../archives.js';
import { itRefuses } from './refusal.js';

const manifest = (lines: string) => withManifest(`name: greeting\nversion: 1.0.0\n${lines}`);
function billionLaughs(): string {
  const level = (index: number) => `l${index}: &l${index} [${`*l${index - 1}, `.repeat(10)}]\n`;
  return `l0: &l0 lol\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map(level).join('')}`;
}

describe('readPackage refuses by the manifest as YAML', () => {
  itRefuses([
    ['nothing', () => withManifest(''), 'prompt.yaml is not a mapping'],
    ['a comment', () => withManifest('# name: greeting\n'), 'prompt.yaml is not a mapping'],
    ['a text', () => withManifest('greeting'), 'prompt.yaml is not a mapping'],
    ['a list', () => withManifest('- name: greeting\n'), 'prompt.yaml is not a mapping'],
    ['an alias', () => withManifest('*a\n'), 'prompt.yaml'],
    ['not YAML', () => withManifest('name: [greeting\n'), 'prompt.yaml is not valid YAML'],
    ['a tab as indentation', () => manifest('x:\n\ty: 1\n'), 'prompt.yaml is not valid YAML'],
    ['a stray bracket', () => manifest(']'), 'prompt.yaml is not valid YAML'],
    ['a control character', () => manifest('x: "a\x07b"\n'), 'prompt.yaml is not YAML: it holds a control character'],
    ['NUL', () => manifest('x: a\0b\n'), 'prompt.yaml is not text: it holds NUL'],
    ['two documents', () => manifest('---\nname: other\n'), 'prompt.yaml holds several documents'],
    ['a second, empty document', () => manifest('---\n'), 'prompt.yaml holds several documents'],
    ['a document after the end mark', () => manifest('...\nx: 1\n'), 'prompt.yaml holds several documents'],
    ['a key twice', () => manifest('name: greeting\n'), 'prompt.yaml has the key "name" twice'],
    ['a key twice by another spelling', () => manifest('"n\\x61me": other\n'), 'prompt.yaml has the key "name" twice'],
    ['a key twice, deep', () => manifest('x: {y: [{1: a, "1": b}]}\n'), 'prompt.yaml has the key "1" twice'],
    ['a tag of its own', () => manifest('x: !y z\n'), 'prompt.yaml holds the tag "!y"; tags are not taken'],
    ['a core tag', () => manifest('x: !!str 1\n'), 'prompt.yaml holds the tag "!!str"'],
    [
      'a verbatim tag',
      () => manifest('x: !<tag:yaml.org,2002:str> 1\n'),
      'prompt.yaml holds the tag "!<tag:yaml.org,2002:str>"',
    ],
    ['the bare tag', () => manifest('x: ! 1\n'), 'prompt.yaml holds the tag "!"'],
    ['a tag on a key', () => manifest('!!str x: 1\n'), 'prompt.yaml holds the tag "!!str"'],
    ['a tag on a mapping', () => manifest('x: !!map {a: b}\n'), 'prompt.yaml holds the tag "!!map"'],
    ['a billion laughs', () => manifest(billionLaughs()), 'prompt.yaml grows too much by aliases'],
    [
      'a long text, many times',
      () => manifest(`a: &a "${'x'.repeat(1000)}"\nb: [${'*a, '.repeat(100)}]\n`),
      'prompt.yaml grows too much by aliases',
    ],
    [
      'a long key, many times',
      () => manifest(`a: &a {? ${'x'.repeat(5000)}}\nb: [${'*a, '.repeat(100)}]\n`),
      'prompt.yaml grows too much by aliases',
    ],
    [
      'an endless alias',
      () => manifest('x: &x [*x]\n'),
      'prompt.yaml: the alias "*x" stands within the value that it repeats',
    ],
    ['an unknown alias', () => manifest('x: *y\n'), 'prompt.yaml: the alias "*y" has no anchor before it'],
    [
      '101 brackets',
      () => manifest(`x: ${'['.repeat(100)}${']'.repeat(100)}\n`),
      'prompt.yaml is nested over 100 levels deep',
    ],
    ['a MiB of brackets', () => manifest(`x: ${'['.repeat(1_000_000)}`), 'prompt.yaml is nested over 100 levels deep'],
    ['101 dashes', () => manifest(`x:\n  ${'- '.repeat(100)}a\n`), 'prompt.yaml is nested over 100 levels deep'],
    ['9 000 dashes', () => manifest(`x:\n  ${'- '.repeat(9000)}a\n`), 'prompt.yaml is nested over 100 levels deep'],
    [
      '101 indents',
      () => manifest(Array.from({ length: 101 }, (_, depth) => `${' '.repeat(depth)}x:`).join('\n')),
      'prompt.yaml is nested over 100 levels deep',
    ],
    [
      '101 levels by pairs',
      () => manifest(`x: ${'[a: '.repeat(60)}1${']'.repeat(60)}\n`),
      'prompt.yaml is nested over 100 levels deep',
    ],
    [
      '101 levels by aliases',
      () => manifest(`x: &x ${'['.repeat(60)}${']'.repeat(60)}\ny: ${'['.repeat(60)}*x${']'.repeat(60)}\n`),
      'prompt.yaml is nested over 100 levels deep',
    ],
    [
      '__proto__ as a key',
      () => manifest('__proto__: {polluted: true}\n'),
      'prompt.yaml has the forbidden key "__proto__"',
    ],
    [
      '__proto__ by escapes',
      () => manifest('x: {"\\x5f_proto__": 1}\n'),
      'prompt.yaml has the forbidden key "__proto__"',
    ],
    [
      'constructor as a key',
      () => manifest('x: [{constructor: 1}]\n'),
      'prompt.yaml has the forbidden key "constructor"',
    ],
    [
      'prototype as a key',
      () => manifest('inputs: [{name: a, prototype: 1}]\n'),
      'prompt.yaml has the forbidden key "prototype"',
    ],
    ['a list as a key', () => manifest('? [a, b]\n: c\n'), 'prompt.yaml has a key that is not text'],
    ['an alias as a key', () => manifest('x: &x a\n*x : b\n'), 'prompt.yaml has a key that is not text'],
    ['the escape of NUL', () => manifest('x: "\\0"\n'), 'prompt.yaml holds the escape of a NUL character'],
    [
      'the escape of half a character',
      () => manifest('x: "\\ud800"\n'),
      'prompt.yaml holds the escape of half a surrogate pair',
    ],
    [
      'a MiB of values',
      () => manifest(`x: [${'a,'.repeat(500_000)}]`),
      'prompt.yaml has over 20000 names, values and marks',
    ],
    ['a MiB of lines', () => manifest(`x: >\n${' y\n'.repeat(300_000)}`), 'prompt.yaml has over 50000 lines'],
  ]);
});
