/**
 * The processor time in milliseconds that this process spends on some work; the minimum of several runs. Unlike wall
 * time it does not depend on the load of the machine.
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
