import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { fillPeriods, type Interval } from '@promptyard/cli/commands/find/fill-periods.js';
import { askHidden, askLine } from '@promptyard/cli/terminal/ask.js';
import { Output } from '@promptyard/cli/terminal/output.js';
import { plot } from '@promptyard/cli/terminal/plot.js';
import { ProgressBar } from '@promptyard/cli/terminal/progress-bar.js';
import { formatBytes } from '@promptyard/cli/terminal/format-quantities.js';
import { reportError } from '@promptyard/cli/terminal/report-error.js';
import { safeText } from '@promptyard/cli/terminal/safe-text.js';
import { CliError } from '@promptyard/cli/cli-error.js';
import { truncate, formatTable } from '@promptyard/cli/terminal/format-table.js';

const escape = '\u001b';

/** A stream that is a terminal or a pipe, with the text that was written to it. */
function stream(isTTY: boolean) {
  const pass = new PassThrough();
  let written = '';
  pass.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const terminal = Object.assign(pass, { isTTY, columns: 80, setRawMode: () => pass });
  return { stream: terminal as unknown as NodeJS.WriteStream & NodeJS.ReadStream, text: () => written };
}

function output({
  isTTY = true,
  json = false,
  env = {},
}: { isTTY?: boolean; json?: boolean; env?: Record<string, string> } = {}) {
  const [stdout, stderr] = [stream(isTTY), stream(isTTY)];
  return { output: new Output({ stdout: stdout.stream, stderr: stderr.stream }, env, json), stdout, stderr };
}

describe('colours', () => {
  it.each([
    ['on a terminal', {}, `${escape}[1mx${escape}[22m`],
    ['not into a pipe', { isTTY: false }, 'x'],
    ['not with NO_COLOR', { env: { NO_COLOR: '1' } }, 'x'],
    ['not on a dumb terminal', { env: { TERM: 'dumb' } }, 'x'],
  ])('are written %s', (_, options, expected) => {
    expect(output(options).output.style('bold', 'x')).toBe(expected);
  });
});

describe('text from a server', () => {
  const hostile = `a${escape}]0;title\u0007b\u202ec\r\n\td`;

  it('cannot control a terminal', () => {
    expect(safeText(hostile)).toBe('a\ufffd]0;title\ufffdb\ufffdc\ufffd\n\td');
    const { output: terminal, stdout } = output();
    terminal.raw(hostile);
    expect(stdout.text()).not.toContain(escape);
  });

  const codes = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index), 0x61c, 0x200e];
  const bidi = [0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
  const steering = String.fromCharCode(...codes, ...bidi);

  it.each([true, false])('is escaped in JSON, on a terminal: %s', (isTTY) => {
    const value = { [`key ${steering}`]: [`é ${steering} 😀`] };
    const result = output({ isTTY, json: true });
    result.output.result(value, () => '');
    const failed = output({ isTTY, json: true });
    const problem = { code: steering, message: steering, hint: steering, details: [steering] };
    reportError(new CliError(steering, problem), failed.output);
    expect(JSON.parse(result.stdout.text())).toEqual(value);
    expect(JSON.parse(failed.stdout.text())).toEqual({ error: problem });
    for (const text of [result.stdout.text(), failed.stdout.text()])
      expect([...text].filter((character) => character !== '\n' && steering.includes(character))).toEqual([]);
  });

  it('is cleaned in all other output on a terminal', () => {
    const { output: terminal, stdout, stderr } = output();
    terminal.result({}, () => steering);
    terminal.raw(steering);
    terminal.note(steering);
    reportError(new CliError(steering, { code: 'X', hint: steering, details: [steering] }), terminal);
    const text = stripVTControlCharacters(stdout.text() + stderr.text());
    expect([...text].filter((each) => !'\n\t'.includes(each) && steering.includes(each))).toEqual([]);
  });

  it('is written to a pipe unchanged', () => {
    const { output: pipe, stdout } = output({ isTTY: false });
    pipe.raw(hostile);
    expect(stdout.text()).toBe(hostile);
  });
});

describe('progress', () => {
  it('is drawn on a terminal, never beyond its end, and gone afterwards', () => {
    const { output: terminal, stdout, stderr } = output();
    {
      using bar = new ProgressBar(terminal, 'uploading', 2048);
      bar.advance(4096);
    }
    expect(stripVTControlCharacters(stderr.text())).toContain(`${'━'.repeat(24)} 2.0 KiB of 2.0 KiB`);
    expect(stderr.text().endsWith(`\r${escape}[K`)).toBe(true);
    expect(stdout.text()).toBe('');
  });

  it.each([{ isTTY: false }, { json: true }])('is not drawn with %j', (options) => {
    const { output: silent, stderr } = output(options);
    {
      using bar = new ProgressBar(silent, 'uploading', 10);
      bar.advance(10);
    }
    expect(stderr.text()).toBe('');
  });
});

describe('questions', () => {
  function asker(isTTY = true) {
    const [stdin, stdout, stderr] = [stream(isTTY), stream(true), stream(true)];
    return { streams: { stdin: stdin.stream, stdout: stdout.stream, stderr: stderr.stream }, stdin, stdout, stderr };
  }

  it('are asked on stderr', async () => {
    const { streams, stdin, stdout, stderr } = asker();
    const answer = askLine({ streams }, 'User name: ');
    stdin.stream.write('alice\r');
    expect(await answer).toBe('alice');
    expect({ asked: stderr.text().includes('User name: '), stdout: stdout.text() }).toEqual({
      asked: true,
      stdout: '',
    });
  });

  it('do not show a secret', async () => {
    const { streams, stdin, stdout, stderr } = asker();
    const answer = askHidden({ streams }, 'Password: ');
    stdin.stream.write('s3cret word\r');
    expect(await answer).toBe('s3cret word');
    expect(stdout.text() + stderr.text()).toBe('Password: \n');
  });

  it('end with Ctrl-C and at the end of the input', async () => {
    for (const end of ['\u0003', undefined]) {
      const { streams, stdin } = asker();
      const answer = askHidden({ streams }, 'Password: ');
      if (end === undefined) stdin.stream.end();
      else stdin.stream.write(end);
      await expect(answer).rejects.toMatchObject({ code: 'INTERRUPTED' });
    }
  });
});

describe('a plot', () => {
  const days = (values: number[]) => values.map((value, index) => ({ name: `day ${index + 1}`, value }));

  it('draws columns in proportion over a line with its ends', () => {
    expect(
      plot(
        [0, 1, 4, 8].map((value, index) => ({ name: `d${index + 1}`, value })),
        { width: 80 },
      ),
    ).toEqual([
      '8 ┤       █',
      '  ┤       █',
      '  ┤       █',
      '  ┤       █',
      '  ┤     █ █',
      '  ┤     █ █',
      '  ┤     █ █',
      '  ┤   █ █ █',
      '0 ┴─────────',
      '    d1    d4',
    ]);
  });

  it('shows the smallest number beside the largest', () => {
    expect(plot(days([1, 100_000]), { width: 80 })[7]).toBe('       ┤ ▁ █');
  });

  it.each([20, 80, 200])('fits into %d columns and loses nothing', (width) => {
    const lines = plot(days(Array.from({ length: 365 }, () => 1)), { width });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines[0]).toMatch(/█/);
  });

  it('says that there is no data', () => {
    expect(plot(days([0, 0]), { width: 80 })).toEqual(['no downloads in this time']);
    expect(plot([], { width: 80 })).toEqual(['no downloads in this time']);
  });
});

describe('the periods of a plot', () => {
  const shown = (interval: Interval, from: string, to: string) =>
    fillPeriods([{ period: from, downloads: 7 }], { interval, from, to }).map(({ period, downloads }) => [
      period,
      downloads,
    ]);

  it('include those without downloads', () => {
    expect(shown('day', '2026-02-27', '2026-03-02')).toEqual([
      ['2026-02-27', 7],
      ['2026-02-28', 0],
      ['2026-03-01', 0],
      ['2026-03-02', 0],
    ]);
    expect(shown('month', '2025-12-01', '2026-02-28').map(([period]) => period)).toEqual([
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
    ]);
  });

  it('begin on Monday where they are weeks', () => {
    expect(shown('week', '2026-03-01', '2026-03-09').map(([period]) => period)).toEqual([
      '2026-02-23',
      '2026-03-02',
      '2026-03-09',
    ]);
  });

  it('are the last thirty days by default', () => {
    const periods = fillPeriods([], { interval: 'day' });
    expect(periods).toHaveLength(30);
    expect(periods.at(-1)?.period).toBe(new Date().toISOString().slice(0, 10));
  });
});

it('aligns columns with any style', () => {
  expect(
    formatTable([
      ['a', `${escape}[1mbb${escape}[22m`, 'c'],
      ['aaa', 'b', ''],
    ]).map(stripVTControlCharacters),
  ).toEqual(['a    bb  c', 'aaa  b']);
});

it('truncates a line by its visible width', () => {
  expect(truncate(`${escape}[1mname${escape}[22m and more`, 8)).toBe(`${escape}[1mname${escape}[22m an…`);
  expect(truncate(`${escape}[1mname${escape}[22m`, 4)).toBe(`${escape}[1mname${escape}[22m`);
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [10 * 1024 * 1024, '10.0 MiB'],
  [123 * 1024, '123 KiB'],
])('writes %d bytes as %s', (size, expected) => {
  expect(formatBytes(size)).toBe(expected);
});
