import setUp from '../../test/support/run/global-setup.mjs';
import tearDown from '../../test/support/run/global-teardown.mjs';

/**
 * Runs a program with a PostgreSQL and an object store of its own, unless the environment names some. The program gives
 * back what went wrong; the exit status tells whether anything did.
 */
export async function withEngine(program) {
  if (!process.env.PROMPTYARD_TEST_DATABASE_URL) await setUp();
  try {
    report(await program());
  } finally {
    await tearDown();
  }
}

export function report(problems) {
  for (const problem of problems) process.stdout.write(`PROBLEM ${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
