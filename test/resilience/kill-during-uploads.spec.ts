import { killDuringUploads } from './scenarios/kill-during-uploads.js';
import { Stage } from './support/stage.js';

describe.each(['bucket if there is one', 'disk'] as const)('kill -9 during uploads to %s', (store) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ store });
  });
  afterAll(() => stage.close());

  it('loses nothing acknowledged, lists nothing without its bytes, and blocks no retry', async () => {
    const report = await killDuringUploads(stage, 2);
    expect(report.problems).toEqual([]);
    expect(report.acknowledged + report.interrupted).toBeGreaterThan(0);
  }, 240_000);
});
