// kill -9 at random moments of parallel uploads, each followed by a start, retries and a check of everything:
// node --import ./bench/typescript.mjs bench/resilience/kill-during-uploads.mjs [rounds] [disk]
import { killDuringUploads } from '../../test/resilience/scenarios/kill-during-uploads.ts';
import { ServerEnvironment } from '../../test/resilience/support/server-environment.ts';
import { withEngine } from './engine.mjs';

const [rounds = '30', store] = process.argv.slice(2);

await withEngine(async () => {
  const testbed = await ServerEnvironment.open({ store: store === 'disk' ? 'disk' : 'bucket if there is one' });
  try {
    const { problems, ...figures } = await killDuringUploads(testbed, Number(rounds));
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    return problems;
  } finally {
    await testbed.close();
  }
});
