import { spawnSync } from 'node:child_process';

it('documents every setting in .env.example and docs/operate/settings.md', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/settings.mjs', '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
