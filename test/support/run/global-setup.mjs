// Gives the test run one PostgreSQL and one object store: containers where an engine can start them, else the embedded
// database and a folder. It says which, and under CI it never falls back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MinioContainer } from '@testcontainers/minio';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { getContainerRuntimeClient, Wait } from 'testcontainers';
import { startEmbeddedPostgres } from '@promptyard/embedded-postgres/embedded-postgres.js';
import { prepareTemplate } from '../template.mjs';

const postgresImage = 'postgres:18';
const minioImage = 'minio/minio:RELEASE.2025-09-07T16-13-09Z';

async function startEngine() {
  try {
    await getContainerRuntimeClient();
  } catch (error) {
    return withoutContainers('no container engine answers', error);
  }
  try {
    return await startContainers();
  } catch (error) {
    return withoutContainers('the container engine cannot start the images', error);
  }
}

/** CI has an engine; a developer's machine need not, nor need its engine reach the images. */
function withoutContainers(reason, cause) {
  if (process.env.CI) throw new Error(`CI needs containers: ${reason}`, { cause });
  const [detail] = String(cause?.message ?? cause).split('\n');
  process.stdout.write(`\n${reason} (${detail}).`);
  return startEmbedded();
}

async function startContainers() {
  // What tests write need not outlive the run; durability is tested by killing the server, not the database.
  const flags = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=400'];
  // By this label .ci/run finds what a killed run has left behind.
  const labels = { 'promptyard.test-run': process.env.PROMPTYARD_TEST_RUN ?? '' };
  const [postgres, minio] = await allOrNone([
    new PostgreSqlContainer(postgresImage)
      .withCommand(['postgres', ...flags])
      .withLabels(labels)
      // The module's own check would go on for as long as the container lives, four times a second.
      .withHealthCheck({ test: ['NONE'] })
      .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready --host localhost'))
      .start(),
    new MinioContainer(minioImage).withLabels(labels).start(),
  ]);
  const store = {
    endpoint: minio.getConnectionUrl(),
    accessKey: minio.getUsername(),
    secretKey: minio.getPassword(),
  };
  const stop = () => Promise.all([postgres.stop(), minio.stop()]);
  return { databaseUrl: postgres.getConnectionUri(), store, stop, name: `${postgresImage} and ${minioImage}` };
}

/** Starts containers at once; where one fails, stops those that have started. */
async function allOrNone(starting) {
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (!failed) return outcomes.map(({ value }) => value);
  await Promise.all(outcomes.map(({ value }) => value?.stop()));
  throw failed.reason;
}

async function startEmbedded() {
  const dataDir = mkdtempSync(join(tmpdir(), 'promptyard-tests-'));
  const postgres = await startEmbeddedPostgres({ dataDir, onNotice: () => undefined });
  const stop = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { databaseUrl: postgres.url, store: undefined, stop, name: 'embedded PostgreSQL and a folder' };
}

export default async function setUp() {
  const engine = await startEngine();
  globalThis.stopTestEngine = engine.stop;
  await prepareTemplate(engine.databaseUrl);
  process.env.PROMPTYARD_TEST_DATABASE_URL = engine.databaseUrl;
  if (engine.store) process.env.PROMPTYARD_TEST_S3 = JSON.stringify(engine.store);
  process.stdout.write(`\nThe tests use ${engine.name}.\n`);
}
