import { join } from 'node:path';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { packageFiles, writeFolder } from './package/package-folder.js';
import { CliUser } from './run-cli.js';

let server: TestServer;
let user: CliUser;
beforeAll(async () => {
  server = await startTestServer();
  user = new CliUser({ PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey });
  await publish('tone', '1.0.0', 'Be {{tone}}.');
  await publish(
    'reply',
    '1.0.0',
    '{{> admin/tone}}\n{{> admin/tone@1.0.0}}\nAbout {{topic}}, {{count | number:min=1}} times. {{"{{"}}',
  );
});
afterAll(async () => {
  user.remove();
  await server.stop();
});

async function publish(name: string, version: string, template: string) {
  writeFolder(join(user.home, name), packageFiles(name, version, template));
  await user.json(['publish', name, '--create']);
}

const values = ['--var', 'topic=a=b {{tone}}', '--var', 'tone=kind', '--var', 'count=3'];

it('writes the text and nothing else', async () => {
  const { code, stdout, stderr } = await user.run(['run', 'admin/reply', ...values]);
  const text = 'Be kind.\nBe kind.\nAbout a=b {{tone}}, 3 times. {{';
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: text, stderr: '' });
});

it.each([['admin/reply'], ['admin/reply@latest'], ['admin/reply@1'], ['admin/reply@^1.0']])(
  'fills in %s locally as the server does, with the same receipt',
  async (prompt) => {
    const here = await user.json(['run', prompt, ...values]);
    const there = await user.json(['run', prompt, ...values, '--remote']);
    const timeless = ({ text, receipt }: { text: string; receipt: object }) => ({
      text,
      receipt: { ...receipt, rendered_at: expect.any(String) },
    });
    expect(here).toEqual(timeless(there));
  },
);

it('reports every missing or invalid value, locally and remotely', async () => {
  for (const where of [[], ['--remote']]) {
    const { code, stderr } = await user.run(['run', 'admin/reply', '--var', 'count=0', ...where]);
    expect(code).toBe(1);
    expect(stderr).toContain('variables.count');
    expect(stderr).toContain('variables.topic');
  }
});

it('refuses values for unknown variables only with --strict', async () => {
  const surplus = [...values, '--var', 'colour=red'];
  expect((await user.run(['run', 'admin/reply', ...surplus])).code).toBe(0);
  expect((await user.run(['run', 'admin/reply', ...surplus, '--strict'])).stderr).toContain('variables.colour');
});

it('reads values from files and from stdin, the command line last', async () => {
  writeFolder(user.home, { 'a.yaml': 'topic: a file\ntone: rude\n', 'b.json': '{"tone": "kind", "count": 2}' });
  const files = ['--var-file', 'a.yaml', '--var-file', 'b.json'];
  const text = async (args: string[], stdin = '') =>
    (await user.run(['run', 'admin/reply', ...args], { stdin })).stdout;
  expect(await text(files)).toContain('Be kind.\nAbout a file, 2 times.');
  expect(await text([...files, '--var', 'count=9'])).toContain('About a file, 9 times.');
  expect(await text([...files, '--stdin', 'topic'], 'a\npipe\n')).toContain('About a\npipe\n, 2 times.');
  expect(await text(['--var-file', '-'], '{"topic":"x","tone":"y","count":1}')).toContain('About x, 1 times.');
});

it.each([
  [['--var', 'topic']],
  [['--var-file', '-', '--stdin', 'topic']],
  [['--var-file', 'list.json']],
  [['--var-file', 'broken.json']],
])('refuses the ambiguous %j', async (args) => {
  writeFolder(user.home, { 'list.json': '[1]', 'broken.json': '{"a": ' });
  expect((await user.run(['run', 'admin/reply', ...args])).code).toBe(2);
});

it('fails if another digest was expected', async () => {
  const { digest } = await user.json(['resolve', 'admin/tone']);
  for (const where of [[], ['--remote']]) {
    const { code, stdout } = await user.run(['run', 'admin/reply', ...values, '--expect', digest, ...where]);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  }
});

it('reports a missing include', async () => {
  await publish('lost', '1.0.0', '{{> admin/nobody}} {{topic}}');
  const { code, stderr } = await user.run(['run', 'admin/lost', '--var', 'topic=x']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('include not found: admin/nobody') });
});

it('fills in a folder without a server', async () => {
  const nowhere = { PROMPTYARD_URL: 'http://127.0.0.1:9' };
  const { code, stdout } = await user.run(['run', './tone', '--var', 'tone=brief', '--var', 'topic=x'], {
    env: nowhere,
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Be brief.' });
});
