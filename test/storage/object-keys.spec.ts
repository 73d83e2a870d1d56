import { probeKey, versionKey } from '../../src/storage/object-keys.js';
import { InvalidObjectKey } from '../../src/storage/storage.errors.js';

const ownerId = '0b0e1f2a-3c4d-4e6f-8081-92a3b4c5d6e7';

it('the key of a version is what the registry protocol documents', () => {
  expect(versionKey({ ownerId, promptName: 'greeting', version: '1.0.0' })).toBe(`${ownerId}/greeting/1.0.0.tar.gz`);
});

it.each(['', '..', 'a/b', '../other', 'a\0', '.hidden'])(
  'no version has a key with the prompt name %j',
  (promptName) => {
    expect(() => versionKey({ ownerId, promptName, version: '1.0.0' })).toThrow(InvalidObjectKey);
  },
);

it('probes cannot collide with the keys of owners, which are UUIDs', () => {
  expect(probeKey('1')).toBe('probe/1');
});
