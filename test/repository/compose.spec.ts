import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const Service = z.object({
  image: z.string().optional(),
  environment: z.record(z.string(), z.string()),
  healthcheck: z.object({}).optional(),
});
const Compose = z.object({ services: z.object({ server: Service, database: Service, store: Service }) });

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const { server, database, store } = Compose.parse(parse(readFileSync('docker-compose.yml', 'utf8'))).services;

it('gives the server only settings that exist', () => {
  const known = [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name);
  expect(known).not.toEqual([]);
  expect(Object.keys(server.environment).filter((name) => !known.includes(name))).toEqual([]);
});

it('starts the server as npm start does', () => {
  const { scripts } = z.object({ scripts: z.object({ start: z.string() }) }).parse(readJson('package.json'));
  const command = scripts.start.replace(/^exec /, '').split(' ');
  expect(readFileSync('Dockerfile', 'utf8')).toContain(`\nCMD ${JSON.stringify(command).replaceAll(',', ', ')}\n`);
});

it('runs the PostgreSQL and the store that the tests run against', () => {
  const setup = readFileSync('test/support/run/global-setup.mjs', 'utf8');
  for (const { image } of [database, store]) expect(setup).toContain(`'${String(image)}'`);
});

it('has health checks for database and store', () => {
  expect([database.healthcheck, store.healthcheck]).not.toContain(undefined);
});

it('contains no password that looks like a real one', () => {
  const everything = [server, database, store].flatMap(({ environment }) => Object.entries(environment));
  const secrets = everything.filter(([name]) => /PASSWORD|SECRET/.test(name)).map(([, value]) => value);
  expect(secrets.length).toBeGreaterThan(2);
  for (const secret of secrets) expect(secret).toMatch(/^\$\{[A-Z0-9_]+:-(change-me.*)?\}$/);
});
