// Memory of the server process over many uploads and hostile archives, and how long a cold start takes:
// node --import ./bench/typescript.mjs bench/resilience/memory.mjs [small uploads] [large uploads]
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { anArchive } from '../../test/resilience/support/archives.ts';
import { EmbeddedHome } from '../../test/resilience/support/embedded-home.ts';
import { report } from './engine.mjs';

const [smallUploads = 2_000, largeUploads = 200] = process.argv.slice(2).map(Number);
const name = 'memory';
const atOnce = 4;
const idleLimit = 150;
const growthLimit = 64;
const bombLimit = atOnce * 32;
const startLimitMs = 3_000;
const problems = [];

const home = new EmbeddedHome();
try {
  await measure();
} finally {
  await home.close();
}
report(problems);

async function measure() {
  const first = await home.start();
  first.server.signal('SIGTERM');
  await first.server.exit;
  const { server, client, ms } = await home.start();
  tell('cold start with a data folder, ms', ms, startLimitMs);
  await delay(3_000);
  tell('idle, MiB', resident(server.pid), idleLimit);

  const promptId = await client.createPrompt(name);
  let patch = 0;
  const upload = async (bytes) => {
    const version = `1.0.${(patch += 1)}`;
    const { status } = await client.upload(promptId, version, await anArchive({ name, version, bytes }));
    if (status !== 201) problems.push(`${version}: ${status}`);
  };
  // What the first uploads leave behind is caches and compiled code.
  await repeat(100, () => upload(4_000));
  await repeat(10, () => upload(5_000_000));
  const warm = resident(server.pid);
  await repeat(smallUploads, () => upload(4_000));
  tell(`growth over ${smallUploads} uploads of 4 KB, MiB`, resident(server.pid) - warm, growthLimit);
  await repeat(largeUploads, () => upload(5_000_000));
  tell(`growth over ${largeUploads} uploads of 5 MB, MiB`, resident(server.pid) - warm, growthLimit);

  const before = resident(server.pid);
  const watch = watchPeak(server.pid);
  await explode(client, promptId);
  tell('peak over hostile archives, MiB above', watch.end() - before, bombLimit);
}

/** Archives that are small on the wire and large inside; every one is refused. */
async function explode(client, promptId) {
  const bombs = [
    gzipSync(Buffer.alloc(1024 ** 3)),
    gzipSync(Buffer.alloc(200 * 1024 ** 2, 'a')),
    gzipSync(gzipSync(Buffer.alloc(1024 ** 3))),
  ];
  let index = 0;
  await repeat(24, async () => {
    const bomb = bombs[(index += 1) % bombs.length];
    const { status, ms } = await client.upload(promptId, `9.0.${index}`, bomb);
    if (status !== 422 || ms > 10_000) problems.push(`a bomb got ${status} after ${Math.round(ms)} ms`);
  });
}

async function repeat(times, task) {
  let left = times;
  const work = async () => {
    while ((left -= 1) >= 0) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** MiB in memory. */
function resident(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function watchPeak(pid) {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, resident(pid))), 20);
  const end = () => {
    clearInterval(timer);
    return peak;
  };
  return { end };
}

function tell(what, value, limit) {
  process.stdout.write(`${what}: ${Math.round(value)} (limit ${limit})\n`);
  if (value > limit) problems.push(`${what}: ${Math.round(value)}, more than ${limit}`);
}
