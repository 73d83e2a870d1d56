import setUp from '../../test/support/global-setup.mjs';
import tearDown from '../../test/support/global-teardown.mjs';

/**
 * Runs a program with a PostgreSQL and an object store of its own, unless the environment names some, and tells by the
 * exit status how it went.
 */
export async function withEngine(program: () => Promise<readonly string[]>): Promise<void> {
  if (!process.env.PROMPTYARD_TEST_DATABASE_URL) await setUp();
  try {
    const problems = await program();
    for (const problem of problems) process.stdout.write(`PROBLEM ${problem}\n`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    await tearDown();
  }
}
