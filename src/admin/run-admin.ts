import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { readConfig } from '../config/config.js';
import { explainFailure } from '../app/explain-failure.js';
import { orphansCommand } from './orphans.command.js';
import { TaskRefused } from './task-refused.js';
import { withDatabase } from './with-database.js';
import { writeDocument } from './write-document.js';

const program = new Command('promptyard-admin').description('Tasks for operators of a Promptyard server.');

program
  .command('openapi')
  .description('write the OpenAPI document')
  .option('--out <folder>', 'where to', 'openapi')
  .action(({ out }: { out: string }) => writeDocument(out));

program
  .command('migrate')
  .description('bring the database up to date, without starting a server')
  .action(() => withDatabase(readConfig(process.env), () => Promise.resolve('the database is up to date')));

program
  .command('reset-password')
  .description('give a user a new password, shown once; every session of the old one ends')
  .argument('[username]', 'whose', 'admin')
  .action((username: string) =>
    withDatabase(readConfig(process.env), async ({ users }) => {
      const password = await users.resetPassword(username);
      if (password === undefined) throw new TaskRefused('there is no such user');
      return `username: ${username}\npassword: ${password}`;
    }),
  );

program.addCommand(orphansCommand((task) => withDatabase(readConfig(process.env), task)));

/** Runs the task that the command line names. */
export async function runAdmin(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    await program.parseAsync();
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exit(1);
  }
}
