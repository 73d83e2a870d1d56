import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Versions = z.record(z.string(), z.string());
const Manifest = z.object({
  license: z.literal('MIT'),
  dependencies: Versions,
  optionalDependencies: Versions,
  devDependencies: Versions,
});
const Lock = z.object({
  packages: z.record(z.string(), z.object({ resolved: z.string().optional(), integrity: z.string().optional() })),
});

const manifest = Manifest.parse(JSON.parse(readFileSync('package.json', 'utf8')));
const lock = Lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));

it('pins every dependency to one version', () => {
  const all = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
  const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

it('locks every package by its content and names no registry', () => {
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  const elsewhere = packages.filter(([, { resolved }]) => resolved !== undefined);
  expect(elsewhere).toEqual([]);
});

it('carries the licence that it names', () => {
  expect(readFileSync('LICENSE', 'utf8')).toMatch(/^MIT License\n\nCopyright \(c\) 2026 Promptyard contributors\n/);
});
