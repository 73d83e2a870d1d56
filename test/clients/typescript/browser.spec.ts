import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, describeWithBrowser, openBrowser } from '../../support/chromium.js';
import { onDisk, startTestServer, type TestServer } from '../../support/test-server.js';
import { installedClient } from './installed-client.js';

describeWithBrowser('the client in a page of another origin', () => {
  let site: Server;
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const { client } = await installedClient();
    site = await serve(join(client, 'dist'));
    const origin = addressOf(site);
    server = await startTestServer({ ...onDisk, CORS_ORIGINS: origin });
    browser = await openBrowser();
    page = browser.page;
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(origin);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
  });

  it('publishes a package and downloads it', async () => {
    const bytes = await page.evaluate(publishAndDownload, { url: server.url, key: server.adminKey });
    expect(bytes.slice(0, 2)).toEqual([0x1f, 0x8b]);
  });

  it('reads, revalidates, verifies and renders a prompt', async () => {
    const statuses: number[] = [];
    page.on('response', (response) => {
      const isRead = response.url().includes('/resolve') && response.request().method() === 'GET';
      if (isRead) statuses.push(response.status());
    });
    const texts = await page.evaluate(readAndRender, { url: server.url, key: server.adminKey });
    expect(texts).toEqual(['Write a haiku about rain.', 'Write a haiku about snow.']);
    expect(statuses).toEqual([200, 304]);
  });

  it('gives the bundled copy if the server cannot be reached', async () => {
    expect(await page.evaluate(readFromNowhere)).toEqual({ origin: 'bundle', text: 'Hello Ada.' });
  });

  it('logs no error', () => {
    expect(complaints).toEqual([]);
  });
});

// These functions run in the page, so they must not use anything outside of them.

interface Access {
  readonly url: string;
  readonly key: string;
}

async function publishAndDownload({ url, key }: Access): Promise<number[]> {
  const module = '/index.js';
  const sdk = (await import(module)) as typeof import('@promptyard/client/index.js');
  const client = sdk.createClient({ baseUrl: url, auth: key });
  const body = { name: 'haiku', description: 'A haiku.', content: 'Write a haiku about {{topic}}.' };
  await sdk.publishPrompt({ client, body, throwOnError: true });
  const path = { owner: 'admin', name: 'haiku', version: '1.0.0' };
  const { data } = await sdk.downloadVersion({ client, path, throwOnError: true });
  return [...new Uint8Array(await data.arrayBuffer())];
}

async function readAndRender({ url, key }: Access): Promise<string[]> {
  const module = '/index.js';
  const { createPrompts } = (await import(module)) as typeof import('@promptyard/client/index.js');
  const { getPrompt } = createPrompts({ baseUrl: url, auth: key, verify: true, maxAgeMs: 0, maxStaleMs: 0 });
  const first = await (await getPrompt('admin/haiku')).render({ topic: 'rain' });
  const second = await (await getPrompt('admin/haiku')).render({ topic: 'snow' });
  return [first.text, second.text];
}

async function readFromNowhere(): Promise<{ origin: string; text: string }> {
  const module = '/index.js';
  const { createPrompts } = (await import(module)) as typeof import('@promptyard/client/index.js');
  const fallback = { 'admin/haiku': { content: 'Hello {{who}}.' } };
  const prompt = await createPrompts({ baseUrl: 'http://127.0.0.1:1', fallback }).getPrompt('admin/haiku');
  const { text } = await prompt.render({ who: 'Ada' });
  return { origin: prompt.origin, text };
}

/** An empty page, and the package's files as they are. */
async function serve(folder: string): Promise<Server> {
  const site = createServer(({ url = '/' }, response) => {
    const file = join(folder, normalize(url));
    const isCode = url.endsWith('.js') && existsSync(file);
    response.setHeader('content-type', isCode ? 'text/javascript' : 'text/html');
    if (isCode) createReadStream(file).pipe(response);
    else response.end('<!doctype html><link rel="icon" href="data:,"><title>A page</title>');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  return site;
}

function addressOf(site: Server): string {
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}
