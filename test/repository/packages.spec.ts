import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const Versions = z.record(z.string(), z.string());
const Manifest = z.object({
  license: z.literal('MIT'),
  dependencies: Versions.optional(),
  optionalDependencies: Versions.optional(),
  devDependencies: Versions.optional(),
});
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ resolved: z.string().optional(), integrity: z.string().optional(), link: z.boolean().optional() }),
  ),
});

const manifests = globSync(['package.json', 'packages/*/package.json', 'bench/package.json']);
const lock = Lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));

it.each(manifests)('pins every dependency of %s to one version', (path) => {
  const manifest = Manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
  const all = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
  const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

it('locks every package by its content and names no registry', () => {
  // Workspaces of this repository are links.
  const ours = ['', ...manifests.map((path) => dirname(path))];
  const packages = Object.entries(lock.packages).filter(([path, { link }]) => !ours.includes(path) && link !== true);
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  const elsewhere = packages.filter(([, { resolved }]) => resolved !== undefined);
  expect(elsewhere).toEqual([]);
});

it('contains the licence that it names', () => {
  expect(readFileSync('LICENSE', 'utf8')).toMatch(/^MIT License\n\nCopyright \(c\) 2026 Promptyard contributors\n/);
});
