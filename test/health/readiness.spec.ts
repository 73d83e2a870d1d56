import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('says that database and object store answer, without naming them', async () => {
  const response = await fetch(`${server.url}/health/ready`);
  expect(response.status).toBe(200);
  const body = await response.text();
  expect(JSON.parse(body)).toMatchObject({ status: 'ready', database: { ok: true }, storage: { ok: true } });
  expect(body).not.toMatch(/127\.0\.0\.1|localhost|test-|promptyard/);
});
