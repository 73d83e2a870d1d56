/**
 * Milliseconds of processor time that this process spends on some work, of a few runs the least. Unlike wall time they do
 * not depend on what else the machine does.
 */
export async function processorMs(work: () => unknown, runs = 1): Promise<number> {
  let min = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    min = Math.min(min, (user + system) / 1000);
  }
  return min;
}
