import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FirstLogin } from '../auth/bootstrap/bootstrap.service.js';

/** Prints the address of the server. */
export function showWelcome(address: string): void {
  process.stdout.write(`\n  Promptyard   ${address}\n  API          ${address}/docs\n\n`);
}

/**
 * Shows the credentials of the first administrator once: on a terminal, else in a file that only its owner can read, so
 * that they are in no log.
 */
export function showFirstLogin({ username, password, apiKey }: FirstLogin, dataDirectory: string): void {
  const text = `username: ${username}\npassword: ${password}\nAPI key:  ${apiKey}\n`;
  if (process.stdout.isTTY) {
    process.stdout.write(`\nThe first administrator, shown this once:\n\n${text}`);
    return;
  }
  const path = join(dataDirectory, 'first-login.txt');
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  process.stdout.write(`The first administrator's password and API key are in ${path}\n`);
}
