import fc from 'fast-check';
import { change, type ContractChange } from '../../../src/versions/contract/contract-change.js';
import { checkVersion } from '../../../src/versions/contract/check-version.js';

const breaking = change('a', 'removed', 'is not there any more');
const addition = change('b', 'optional-added', 'is new and optional');

it.each<[previous: string, next: string, changes: ContractChange[], isRight: boolean, smallest: string]>([
  ['1.2.3', '1.2.4', [], true, '1.2.4'],
  ['1.2.3', '1.2.3', [], false, '1.2.4'],
  ['1.2.3', '1.2.2', [], false, '1.2.4'],
  ['1.2.3', '1.2.4', [addition], false, '1.3.0'],
  ['1.2.3', '1.3.0', [addition], true, '1.3.0'],
  ['1.2.3', '2.0.0', [addition], true, '1.3.0'],
  ['1.2.3', '1.3.0', [breaking], false, '2.0.0'],
  ['1.9.9', '1.10.0', [breaking], false, '2.0.0'],
  ['1.2.3', '2.0.0', [addition, breaking], true, '2.0.0'],
  ['9.2.3', '10.0.1', [breaking], true, '10.0.0'],
  ['0.4.2', '0.4.3', [], true, '0.4.3'],
  ['0.4.2', '0.4.3', [addition], true, '0.4.3'],
  ['0.4.2', '0.4.3', [breaking], false, '0.5.0'],
  ['0.4.2', '0.5.0', [breaking], true, '0.5.0'],
  ['0.4.2', '1.0.0', [breaking], true, '0.5.0'],
  ['0.0.0', '0.0.1', [breaking], false, '0.1.0'],
])('checks %s to %s', (previous, next, changes, isRight, smallest) => {
  expect(checkVersion(previous, next, changes)).toEqual({ isRight, smallest });
});

it('accepts the smallest version that it names, and nothing below', () => {
  const part = fc.nat(20);
  const version = fc.tuple(part, part, part).map((parts) => parts.join('.'));
  const changes = fc.constantFrom<ContractChange[]>([], [addition], [breaking], [breaking, addition]);
  fc.assert(
    fc.property(version, version, changes, (previous, next, created) => {
      const { isRight, smallest } = checkVersion(previous, next, created);
      const order = new Intl.Collator('en', { numeric: true }).compare(next, smallest);
      expect(isRight).toBe(order >= 0);
      expect(checkVersion(previous, smallest, created).isRight).toBe(true);
    }),
  );
});
