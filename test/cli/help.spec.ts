import { globSync, readFileSync } from 'node:fs';
import { commandList } from '@promptyard/cli/command-list.js';
import { CliUser } from './run-cli.js';

let user: CliUser;
beforeAll(() => {
  user = new CliUser();
});
afterAll(() => user.remove());

const sources = ['packages', 'conductor', 'open-webui', 'langfuse', 'prompts-chat', 'archive'];
const subcommands = ['label list', 'label move', 'label delete', ...sources.map((source) => `import ${source}`)];
const commands = [...commandList.map(({ name }) => name), ...subcommands];

it.each(commands)('shows for %s what it does, its options and an example', async (name) => {
  const { code, stdout, stderr } = await user.run([...name.split(' '), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: promptyard ${name}`));
  expect(stdout).toMatch(new RegExp(`\\nExamples?:\\n  \\$ promptyard ${name.split(' ')[0]}`));
  if (!commands.some((other) => other.startsWith(`${name} `))) expect(stdout).toContain('--json');
});

it('lists every command once, with a summary', async () => {
  const { code, stdout } = await user.run(['--help']);
  expect(code).toBe(0);
  for (const { name, summary } of commandList)
    expect(stdout.match(new RegExp(`^  ${name} +${summary}$`, 'gm'))).toHaveLength(1);
});

it('shows its version', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await user.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it.each([
  [['serch'], 'Did you mean search?'],
  [[], 'Usage: promptyard'],
  [['search', '--colour'], "unknown option '--colour'"],
])('answers %j with exit code 2', async (args, message) => {
  const { code, stdout, stderr } = await user.run(args);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
});

it('starts in less than 150 ms of processor time', async () => {
  const measure = `data:text/javascript,process.on("exit",()=>{const {user,system}=process.cpuUsage();process.stderr.write(String(user+system))})`;
  const times: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    const { stderr } = await user.run(['--help'], { nodeOptions: ['--import', measure] });
    times.push(Number(stderr) / 1000);
  }
  expect(Math.min(...times)).toBeLessThan(150);
});

it('loads only the called command', () => {
  const eager = globSync('packages/cli/dist/*.js').flatMap(
    (file) => readFileSync(file, 'utf8').match(/^import .*commands\/.*$/gm) ?? [],
  );
  expect(eager).toEqual([]);
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('writes a script for %s that calls the command', async (shell) => {
    const { code, stdout } = await user.run(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/promptyard complete '?--/);
  });

  it('contains no text that a shell would expand', async () => {
    for (const words of [
      [''],
      ...commands.filter((name) => name !== 'completion').map((name) => [...name.split(' '), '--']),
    ]) {
      const { stdout } = await user.run(['complete', '--', ...words]);
      expect(stdout.trim().split('\n').length).toBeGreaterThan(1);
      expect(stdout).not.toMatch(/[`$<>\\"'*?[\]{}~!|&]/);
    }
  });

  it('completes commands, subcommands and options', async () => {
    const complete = async (...words: string[]) => {
      const { stdout } = await user.run(['complete', '--', ...words]);
      return stdout.split('\n').flatMap((line) => (line === '' || line.startsWith(':') ? [] : [line.split('\t')[0]]));
    };
    expect(await complete('ver')).toEqual(expect.arrayContaining(['versions']));
    expect(await complete('label', '')).toEqual(expect.arrayContaining(['list', 'move', 'delete']));
    expect(await complete('publish', '--cr')).toEqual(['--create']);
    expect(await complete('completion', 'z')).toEqual(['zsh']);
  });
});
