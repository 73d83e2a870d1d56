import type { TemplateVariable } from '../template-variable.js';

const numberPattern = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Both sides of a division by `step` are decimals that were rounded to doubles. */
const roundingTolerance = 4 * Number.EPSILON;

/** `min`, `max` and `step` hold where they are numbers; steps are counted from `min`, or else from 0, as in HTML. */
export function numberProblem(text: string, { min, max, step }: TemplateVariable): string | undefined {
  const value = numberPattern.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) return 'must be a number';
  if (typeof min === 'number' && value < min) return `must be at least ${min}`;
  if (typeof max === 'number' && value > max) return `must be at most ${max}`;
  if (typeof step !== 'number' || step <= 0) return undefined;
  const base = typeof min === 'number' ? min : 0;
  return isOnStep(value, base, step) ? undefined : `must be ${base} or whole steps of ${step} from it`;
}

function isOnStep(value: number, base: number, step: number): boolean {
  const steps = (value - base) / step;
  const tolerance = roundingTolerance * Math.max(1, (Math.abs(value) + Math.abs(base)) / step);
  return Math.abs(steps - Math.round(steps)) <= tolerance;
}
