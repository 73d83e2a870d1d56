import { withManifest } from '../archives.js';
import { itRefuses } from './refusal.js';

const manifest = (lines: string) => withManifest(`name: greeting\nversion: 1.0.0\n${lines}`);

describe('readPackage refuses by the fields of the manifest', () => {
  itRefuses([
    ['no name', () => withManifest('version: 1.0.0\n'), 'prompt.yaml: name is missing'],
    ['an empty name', () => withManifest('name:\nversion: 1.0.0\n'), 'prompt.yaml: name is missing'],
    [
      'another name',
      () => withManifest('name: other\nversion: 1.0.0\n'),
      'prompt.yaml: name is "other", but the prompt is "greeting"',
    ],
    [
      'another case of the name',
      () => withManifest('name: Greeting\nversion: 1.0.0\n'),
      'prompt.yaml: name is "Greeting"',
    ],
    [
      'a name that is a list',
      () => withManifest('name: [greeting]\nversion: 1.0.0\n'),
      'prompt.yaml: name must be text',
    ],
    ['no version', () => withManifest('name: greeting\n'), 'prompt.yaml: version is missing'],
    [
      'another version',
      () => withManifest('name: greeting\nversion: 1.0.1\n'),
      'prompt.yaml: version is "1.0.1", but the uploaded version is "1.0.0"',
    ],
    [
      'a version that is a number',
      () => withManifest('name: greeting\nversion: 1.0\n'),
      'prompt.yaml: version is "1.0"',
    ],
    ['a version with a v', () => withManifest('name: greeting\nversion: v1.0.0\n'), 'prompt.yaml: version is "v1.0.0"'],
    ['a description that is a list', () => manifest('description: [a]\n'), 'prompt.yaml: description must be text'],
    ['a description that is a number', () => manifest('description: 5\n'), 'prompt.yaml: description must be text'],
    ['an author that is a mapping', () => manifest('author: {name: me}\n'), 'prompt.yaml: author must be text'],
    [
      'inputs that are a mapping',
      () => manifest('inputs: {a: b}\n'),
      'prompt.yaml: inputs must be a list of inputs, each with a name',
    ],
    [
      'inputs that are null',
      () => manifest('inputs:\n'),
      'prompt.yaml: inputs must be a list of inputs, each with a name',
    ],
    [
      'an input that is a text',
      () => manifest('inputs: [who]\n'),
      'prompt.yaml: inputs[0] must be a mapping with a name',
    ],
    [
      'an input without a name',
      () => manifest('inputs: [{name: a}, {required: true}]\n'),
      'prompt.yaml: inputs[1].name is missing',
    ],
    [
      'an input whose name is a number',
      () => manifest('inputs: [{name: 1}]\n'),
      'prompt.yaml: inputs[0].name must be text',
    ],
    [
      'an input whose name is no variable',
      () => manifest('inputs: [{name: 1st place}]\n'),
      'prompt.yaml: inputs[0].name is "1st place", which is no name of a variable',
    ],
    [
      'an input with a long name',
      () => manifest(`inputs: [{name: ${'x'.repeat(65)}}]\n`),
      'prompt.yaml: inputs[0].name is "xxx',
    ],
    [
      'an input called __proto__',
      () => manifest('inputs: [{name: __proto__}]\n'),
      'prompt.yaml: inputs[0].name is "__proto__", which is no name of a variable',
    ],
    [
      'an input called constructor',
      () => manifest('inputs: [{name: constructor}]\n'),
      'prompt.yaml: inputs[0].name is "constructor"',
    ],
    [
      'an input twice',
      () => manifest('inputs: [{name: a}, {name: b}, {name: a}]\n'),
      'prompt.yaml: inputs[2].name is there twice',
    ],
    [
      'required that is a text',
      () => manifest('inputs: [{name: a, required: "yes"}]\n'),
      'prompt.yaml: inputs[0].required must be true or false',
    ],
    [
      'required that is null',
      () => manifest('inputs: [{name: a, required: }]\n'),
      'prompt.yaml: inputs[0].required must be true or false',
    ],
    ['tags that are a text', () => manifest('tags: a, b\n'), 'prompt.yaml: tags must be a list of texts'],
    ['tags that are null', () => manifest('tags:\n'), 'prompt.yaml: tags must be a list of texts'],
    ['a tag that is a number', () => manifest('tags: [a, 1]\n'), 'prompt.yaml: tags[1] must be text'],
    ['a tag that is a mapping', () => manifest('tags: [{a: b}]\n'), 'prompt.yaml: tags[0] must be text'],
    ['an unknown syntax', () => manifest('syntax: jinja\n'), 'prompt.yaml: syntax must be braces or dollar'],
  ]);
});
