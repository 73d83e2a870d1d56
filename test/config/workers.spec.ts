import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promptyard-workers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (settings: Record<string, string>) => readConfig({ DATA_DIR: folder, ...settings });

it.each([
  [{}, 1],
  [{ WORKERS: '' }, 1],
  [{ WORKERS: '4' }, 4],
  [{ WORKERS: 'auto' }, availableParallelism()],
])('reads %j as %i processes', (settings, workers) => {
  expect(read(settings).server.workers).toBe(workers);
});

it.each(['0', '-1', '1.5', 'many', '65', ' 2'])('refuses WORKERS=%j', (value) => {
  expect(() => read({ WORKERS: value })).toThrow(/WORKERS must be/);
});

it('gives each process its share of the connections, and no fewer than two', () => {
  const sizes = ['1', '2', '3', '64'].map((WORKERS) => read({ WORKERS, DATABASE_POOL_SIZE: '10' }).database.poolSize);
  expect(sizes).toEqual([10, 5, 3, 2]);
});

it('divides the rate limit among the processes unless they count together', () => {
  const limitOf = (settings: Record<string, string>) => read(settings).server.rateLimitPerMinute;
  expect(limitOf({ RATE_LIMIT_PER_MINUTE: '100' })).toBe(100);
  expect(limitOf({ RATE_LIMIT_PER_MINUTE: '100', WORKERS: '3' })).toBe(33);
  expect(limitOf({ RATE_LIMIT_PER_MINUTE: '1', WORKERS: '3' })).toBe(1);
  expect(limitOf({ RATE_LIMIT_PER_MINUTE: '0', WORKERS: '3' })).toBe(0);
  expect(limitOf({ RATE_LIMIT_PER_MINUTE: '100', WORKERS: '3', REDIS_URL: 'redis://localhost' })).toBe(100);
});

it.each(['localhost:6379', 'http://localhost'])('refuses REDIS_URL=%j', (value) => {
  expect(() => read({ REDIS_URL: value })).toThrow(/REDIS_URL must be a redis:\/\/ or rediss:\/\/ address/);
});
