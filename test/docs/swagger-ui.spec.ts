import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Environment } from '../../src/config/config.js';
import { type Browser, describeWithBrowser, openBrowser } from '../support/chromium.js';
import { packageOf } from '../support/packages.js';
import { onDisk, startTestServer, type TestServer } from '../support/test-server.js';

describeWithBrowser.each([
  ['the store of this run', {}],
  ['disk storage', onDisk],
])('Swagger UI, with %s', (_, storage: Environment) => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  /** Errors in the browser, and requests to other hosts than the server and its store. */
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startTestServer(storage);
    browser = await openBrowser();
    page = browser.page;
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const own = [server.url, server.environment.S3_ENDPOINT].filter((place) => place !== undefined && place !== '');
    page.on('request', (request) => {
      const isOwn = own.some((place) => request.url().startsWith(`${place}/`)) || /^(data|blob):/.test(request.url());
      if (!isOwn) complaints.push(`asked for ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it('leads from the page at / to the documentation', async () => {
    await page.goto(server.url);
    await page.getByRole('link', { name: 'API documentation' }).click();
    await page.locator('.opblock').first().waitFor();
    expect(await page.title()).toBe('Promptyard API');
    expect(await page.locator('.opblock').count()).toBeGreaterThan(20);
  });

  it('takes an API key, and makes a prompt with its own example', async () => {
    await page.locator('.auth-wrapper .authorize').first().click();
    const bearer = page.locator('.modal-ux .auth-container').filter({ has: page.locator('#auth-bearer-value') });
    await bearer.locator('input').fill(server.adminKey);
    await bearer.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.modal-ux .btn-done').first().click();
    const { status, text } = await tryOut(page, 'createPrompt');
    expect(JSON.parse(text)).toMatchObject({ name: 'code-review', owner_username: 'admin' });
    expect(status).toBe(201);
  });

  it('sends the key also to public operations', async () => {
    await makePrivate(server);
    const { status, text } = await tryOut(page, 'getPrompt', { owner: 'admin', name: 'code-review' });
    expect([status, (JSON.parse(text) as { visibility: string }).visibility]).toEqual([200, 'private']);
  });

  it('uploads a file', async () => {
    const file = join(browser.folder, 'code-review.tar.gz');
    await writeFile(file, await packageOf({ name: 'code-review', version: '1.0.0' }));
    const { status, text } = await tryOut(page, 'uploadVersion', { id: await promptId(server) }, file);
    expect([status, (JSON.parse(text) as { version: string }).version]).toEqual([201, '1.0.0']);
  });

  it('follows a download to the tarball', async () => {
    const path = { owner: 'admin', name: 'code-review', version: '1.0.0' };
    const { status } = await tryOut(page, 'downloadVersion', path);
    expect(status).toBe(200);
    expect(await page.locator('[id$="-downloadVersion"] a[download]').count()).toBe(1);
  });

  it('logs no error and sends no request to other hosts', () => {
    expect(complaints).toEqual([]);
  });
});

/** Opens an operation, fills its form in, sends it and reads the answer. */
async function tryOut(
  page: Page,
  operationId: string,
  parameters: Readonly<Record<string, string>> = {},
  file?: string,
): Promise<{ status: number; text: string }> {
  const block = page.locator(`[id^="operations-"][id$="-${operationId}"]`);
  await block.locator('.opblock-summary-control').click();
  for (const [name, value] of Object.entries(parameters)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  if (file !== undefined) await block.locator('input[type=file]').setInputFiles(file);
  await block.getByRole('button', { name: 'Execute' }).click();
  const answer = block.locator('.live-responses-table');
  await answer.waitFor();
  const status = Number.parseInt((await answer.locator('.response-col_status').last().innerText()).trim(), 10);
  const body = answer.locator('.highlight-code code').first();
  return { status, text: (await body.count()) > 0 ? await body.innerText() : '' };
}

async function promptId(server: TestServer): Promise<string> {
  const { rows } = await server.database.pool.query<{ id: string }>(`select id from prompt where name = 'code-review'`);
  return rows[0]?.id ?? '';
}

async function makePrivate(server: TestServer): Promise<void> {
  await server.database.pool.query(`update prompt set visibility = 'private' where name = 'code-review'`);
}
