import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];
const executablePath = places.find((place) => existsSync(place));

const calm = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map((what) => `--disable-${what}`);

/** `describe` if there is a browser. CI always has one, so there a missing browser fails the test. */
export const describeWithBrowser = executablePath !== undefined || process.env.CI ? describe : describe.skip;

export interface Browser {
  readonly page: Page;
  /** For files of the test; it is removed with the browser. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Chromium with a new profile and one page. */
export async function openBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'promptyard-browser-'));
  const args = ['--no-sandbox', '--no-first-run', ...calm];
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), { executablePath, args });
  const close = async () => {
    await context.close();
    await rm(folder, { recursive: true });
  };
  return { page: await context.newPage(), folder, close };
}
