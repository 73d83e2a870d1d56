import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { commonUnit } from './decimals.js';

/** Which numbers a variable takes; steps are counted from `min`, or else from 0. */
export interface NumberRule<N = number> {
  min: N | undefined;
  max: N | undefined;
  step: N | undefined;
}

export function numberRuleOf({ min, max, step }: TemplateVariable): NumberRule {
  return {
    min: typeof min === 'number' ? min : undefined,
    max: typeof max === 'number' ? max : undefined,
    step: typeof step === 'number' && step > 0 ? step : undefined,
  };
}

/** Whether no number satisfies the rule. */
export function isEmpty(rule: NumberRule): boolean {
  const { first, last } = boundsOf(inWholeUnits([rule])(rule));
  return first !== undefined && last !== undefined && first > last;
}

/** Whether all numbers of a non-empty rule satisfy another one. Exact for decimals: 0.3 is three steps of 0.1. */
export function isWithin(inner: NumberRule, outer: NumberRule): boolean {
  const whole = inWholeUnits([inner, outer]);
  return isWithinLimits(whole(inner), whole(outer)) && isOnSteps(whole(inner), whole(outer));
}

function isWithinLimits(inner: NumberRule<bigint>, { min, max }: NumberRule<bigint>): boolean {
  const { first, last } = boundsOf(inner);
  const isAbove = min === undefined || (first !== undefined && first >= min);
  return isAbove && (max === undefined || (last !== undefined && last <= max));
}

/** It is enough to check one number if it is the only one, or if whole steps lead to all others. */
function isOnSteps(inner: NumberRule<bigint>, { min = 0n, step }: NumberRule<bigint>): boolean {
  if (step === undefined) return true;
  const { first, last } = boundsOf(inner);
  const areStepsMultiples = inner.step !== undefined && inner.step % step === 0n;
  return ((first ?? last ?? 0n) - min) % step === 0n && (areStepsMultiples || (first !== undefined && first === last));
}

/** The smallest and the largest number of a rule; undefined where it is unbounded. */
function boundsOf({ min, max, step }: NumberRule<bigint>): { first: bigint | undefined; last: bigint | undefined } {
  if (max === undefined || step === undefined) return { first: min, last: max };
  const beyond = (max - (min ?? 0n)) % step;
  return { first: min, last: max - (beyond < 0n ? beyond + step : beyond) };
}

function inWholeUnits(rules: readonly NumberRule[]): (rule: NumberRule) => NumberRule<bigint> {
  const toUnits = commonUnit(rules.flatMap(({ min, max, step }) => [min, max, step].filter((n) => n !== undefined)));
  const convert = (value: number | undefined) => (value === undefined ? undefined : toUnits(value));
  return ({ min, max, step }) => ({ min: convert(min), max: convert(max), step: convert(step) });
}
