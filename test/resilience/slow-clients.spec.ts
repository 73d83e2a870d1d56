import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { anArchive } from './support/archives.js';
import { type RegistryClient, type Reply, uploadForm } from './support/registry-client.js';
import { eventually, ServerEnvironment } from './support/server-environment.js';

const name = 'patience';
let environment: ServerEnvironment;
let client: RegistryClient;
let promptId: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  environment = await ServerEnvironment.open();
  ({ client } = await environment.start());
  promptId = await client.createPrompt(name);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await environment.close();
});

it('serves others while fifty uploads arrive at a byte per second', async () => {
  const { body, contentType } = uploadForm('0.0.1', await anArchive({ name, version: '0.0.1', bytes: 100_000 }));
  const head = `POST /v1/prompts/${promptId}/versions HTTP/1.1\r\nhost: slow\r\nauthorization: ${client.credentials().authorization}\r\n`;
  const trickles = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket = await open();
      socket.write(`${head}content-type: ${contentType}\r\ncontent-length: ${body.length}\r\n\r\n`);
      let sent = 0;
      return setInterval(() => socket.write(body.subarray(sent, (sent += 1))), 1_000);
    }),
  );
  await delay(2_500);
  const archive = await anArchive({ name, version: '1.0.0', bytes: 3_000_000 });
  const upload = await client.upload(promptId, '1.0.0', archive);
  expect(upload.status).toBe(201);
  const reads = [await client.list(name), await client.read(name), await client.download(name, '1.0.0')];
  expect(reads.map(({ status }) => status)).toEqual([200, 200, 302]);
  // The fifty need a day.
  expect(Math.max(upload.ms, ...reads.map(({ ms }) => ms))).toBeLessThan(20_000);
  for (const trickle of trickles) clearInterval(trickle);
});

it('serves others while clients ask and never read', async () => {
  const question = `GET /openapi.json HTTP/1.1\r\nhost: deaf\r\n\r\n`;
  for (let index = 0; index < 20; index += 1) {
    const socket = await open();
    socket.pause();
    socket.write(question.repeat(200));
  }
  await delay(2_000);
  const isServed = (reads: readonly Reply[]) =>
    reads.map(({ status }) => status).join() === '200,200,302' && reads.every(({ ms }) => ms < 20_000);
  const reads = await eventually(
    async () => [await client.list(name), await client.read(name), await client.download(name, '1.0.0')],
    isServed,
    60_000,
  );
  expect(reads.map(({ status }) => status)).toEqual([200, 200, 302]);
  expect(isServed(reads)).toBe(true);
});

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(client.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
