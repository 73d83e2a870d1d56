// kill -9 at random moments of parallel uploads:
// node --import ./bench/search/typescript.mjs bench/resilience/kill-during-uploads.ts [rounds] [disk]
import { killDuringUploads } from '../../test/resilience/scenarios/kill-during-uploads.js';
import { Stage } from '../../test/resilience/support/stage.js';
import { withEngine } from './engine.js';

const [rounds = '30', store] = process.argv.slice(2);

await withEngine(async () => {
  const stage = await Stage.open({ store: store === 'disk' ? 'disk' : 'bucket if there is one' });
  try {
    const { problems, ...figures } = await killDuringUploads(stage, Number(rounds));
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    return problems;
  } finally {
    await stage.close();
  }
});
