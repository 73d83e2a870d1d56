import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from '@promptyard/client/prompts/digest.js';

it('equals the canonical form of the server, for any JSON value', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary', maxDepth: 4 }), (text) => {
      const value: unknown = JSON.parse(text);
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
    { numRuns: 1000 },
  );
});

it('keeps keys such as __proto__ as ordinary keys', () => {
  const value: unknown = JSON.parse('{"b": 1, "__proto__": {"y": 1, "x": 2}, "10": 3, "9": 4}');
  expect(canonicalJson(value)).toBe('{"10":3,"9":4,"__proto__":{"x":2,"y":1},"b":1}');
});
