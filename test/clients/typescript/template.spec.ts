import { jest } from '@jest/globals';
import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { installedClient } from './installed-client.js';

// The server's tests of templates, over again, with the installed client's modules in the place of the server's.
const { client } = await installedClient();
const modules = globSync('packages/template/src/**/*.ts').map((file) => ({
  own: resolve(file),
  packed: join(client, 'dist/@promptyard/template', relative('packages/template/src', file).replace(/\.ts$/, '.js')),
}));
for (const { own, packed } of modules) jest.unstable_mockModule(own, () => import(packed));

it.each(modules)('the client has $own', async ({ own, packed }) => {
  const [used, expected] = (await Promise.all([import(own), import(packed)])) as [object, object];
  expect(Object.entries(used)).toEqual(Object.entries(expected));
  for (const [name, value] of Object.entries(used)) expect(value).toBe(Reflect.get(expected, name));
});

for (const spec of globSync('test/template/**/*.spec.ts').sort()) await import(resolve(spec));
