import { spawnSync } from 'node:child_process';

it('shows every setting as it is in .env.example and README.md', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/settings.mjs', '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
