interface Decimal {
  digits: bigint;
  exponent: number;
}

/** Returns a function that converts decimal numbers to whole multiples of a common power of ten. */
export function commonUnit(numbers: readonly number[]): (value: number) => bigint {
  const unit = Math.min(0, ...numbers.map((number) => decimalOf(number).exponent));
  return (value) => {
    const { digits, exponent } = decimalOf(value);
    return digits * 10n ** BigInt(exponent - unit);
  };
}

function decimalOf(value: number): Decimal {
  const [mantissa = '', power = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}
