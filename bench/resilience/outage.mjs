// PostgreSQL and the object store, each in a container of its own, stopped and paused under load:
// node --import ./bench/typescript.mjs bench/resilience/outage.mjs [seconds] [rounds]
import { once } from 'node:events';
import { createServer } from 'node:net';
import { MinioContainer } from '@testcontainers/minio';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { getContainerRuntimeClient } from 'testcontainers';
import { runOutage } from '../../test/resilience/scenarios/outage.ts';
import { ServerEnvironment } from '../../test/resilience/support/server-environment.ts';
import { prepareTemplate } from '../../test/support/template.mjs';
import { report } from './engine.mjs';

const [seconds = 10, rounds = 1] = process.argv.slice(2).map(Number);
// Of its own choice an engine gives a container another port when it is started again.
const [databasePort, storePort] = [await freePort(), await freePort()];
const [postgres, minio] = await Promise.all([
  new PostgreSqlContainer('postgres:18').withExposedPorts({ container: 5432, host: databasePort }).start(),
  new MinioContainer('minio/minio:RELEASE.2025-09-07T16-13-09Z')
    .withExposedPorts({ container: 9000, host: storePort })
    .start(),
]);
process.env.PROMPTYARD_TEST_DATABASE_URL = postgres.getConnectionUri();
const credentials = { accessKey: minio.getUsername(), secretKey: minio.getPassword() };
process.env.PROMPTYARD_TEST_S3 = JSON.stringify({ endpoint: minio.getConnectionUrl(), ...credentials });
await prepareTemplate(postgres.getConnectionUri());
const stage = await ServerEnvironment.open();
try {
  const { client } = await stage.start();
  const problems = [];
  for (const { name, ...outage } of await outages()) {
    for (let round = 1; round <= rounds; round += 1)
      problems.push(...(await tryOut(client, `${name}-${round}`, outage)));
  }
  report(problems);
} finally {
  await stage.close();
  await Promise.all([postgres.stop(), minio.stop()]);
}

async function outages() {
  const engine = (await getContainerRuntimeClient()).container;
  const containers = { postgres: engine.getById(postgres.getId()), minio: engine.getById(minio.getId()) };
  return Object.entries(containers).flatMap(([what, container]) => [
    { name: `${what}-stopped`, begin: () => container.stop(), end: () => container.start() },
    { name: `${what}-paused`, begin: () => container.pause(), end: () => container.unpause() },
  ]);
}

async function tryOut(client, name, outage) {
  const lasts = seconds * 1_000;
  const outcome = await runOutage(stage, client, { name, lasts, recoveryMs: 60_000, ...outage });
  process.stdout.write(`${name} ${JSON.stringify(outcome, null, 1)}\n`);
  const { counted, redirects, lostVersions, stillRefused, slowestMs } = outcome;
  return [
    ...(counted === redirects ? [] : [`${name}: ${redirects} redirects, ${counted} counted`]),
    ...lostVersions.map((version) => `${name}: ${version} is lost`),
    ...stillRefused.map((refusal) => `${name}: ${refusal}`),
    ...(slowestMs.download < 3_000 ? [] : [`${name}: a download took ${slowestMs.download} ms`]),
  ];
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
