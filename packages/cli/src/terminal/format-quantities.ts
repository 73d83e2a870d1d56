const units = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** A readable size: `1.5 MiB`. */
export function formatBytes(size: number): string {
  const power = Math.min(units.length - 1, size === 0 ? 0 : Math.floor(Math.log2(size) / 10));
  const amount = size / 1024 ** power;
  return `${amount >= 100 || power === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[power] ?? 'B'}`;
}

/** `1 file`, `2 files`. */
export function formatCount(amount: number, noun: string, nouns = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : nouns}`;
}

/** The day of an RFC 3339 time, in UTC. */
export function formatDay(time: string): string {
  return time.slice(0, 10);
}
