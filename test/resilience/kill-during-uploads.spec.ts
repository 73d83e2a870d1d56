import { killDuringUploads } from './scenarios/kill-during-uploads.js';
import { ServerEnvironment } from './support/server-environment.js';

describe.each(['bucket if there is one', 'disk'] as const)('kill -9 during uploads to %s', (store) => {
  let environment: ServerEnvironment;
  beforeAll(async () => {
    environment = await ServerEnvironment.open({ store });
  });
  afterAll(() => environment.close());

  it('loses nothing acknowledged, lists nothing without its bytes, and blocks no retry', async () => {
    const report = await killDuringUploads(environment, 2);
    expect(report.problems).toEqual([]);
    expect(report.acknowledged + report.interrupted).toBeGreaterThan(0);
  }, 240_000);
});
