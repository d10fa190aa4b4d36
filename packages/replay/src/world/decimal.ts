/**
 * Arithmetic on decimal texts such as `12.60`. Cells of the data are never turned into binary
 * fractions, so that a converted value carries the digits of the file and no others.
 * Texts that are no plain decimals (empty cells, damage) pass through unchanged.
 */

const PLAIN = /^-?\d+(?:\.\d+)?$/;

/** Whether the text is a plain decimal: digits with an optional sign and point, no exponent. */
export function isDecimal(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * The value times 10^places, trailing zeros of the fraction dropped.
 * @example shiftPoint('51629079', -2) // '516290.79'
 */
export function shiftPoint(text: string, places: number): string {
  if (!PLAIN.test(text)) return text;
  const negative = text.startsWith('-');
  const point = text.indexOf('.');
  const whole = text.slice(negative ? 1 : 0, point < 0 ? undefined : point);
  const digits = point < 0 ? whole : whole + text.slice(point + 1);
  return write(negative, digits, digits.length - whole.length - places);
}

/**
 * The text with at least so many decimals; more are kept.
 * @example padDecimals('12.6', 4) // '12.6000'
 */
export function padDecimals(text: string, decimals: number): string {
  if (!PLAIN.test(text) || decimals === 0) return text;
  const point = text.indexOf('.');
  if (point < 0) return `${text}.${'0'.repeat(decimals)}`;
  return text + '0'.repeat(Math.max(0, decimals - (text.length - point - 1)));
}

/**
 * The difference of two decimals, exact; empty unless both are decimals.
 * @example subtract('9.21', '9.39') // '-0.18'
 */
export function subtract(left: string, right: string): string {
  if (!PLAIN.test(left) || !PLAIN.test(right)) return '';
  const scale = Math.max(scaleOf(left), scaleOf(right));
  const units = unitsOf(left, scale) - unitsOf(right, scale);
  return write(units < 0n, String(units < 0n ? -units : units), scale);
}

/**
 * The product with exactly so many decimals, rounded half away from zero where it has more.
 * @example multiply('6.63', '0.936211', 10) // '6.2070789300'
 */
export function multiply(left: string, right: string, decimals: number): string {
  if (!PLAIN.test(left) || !PLAIN.test(right)) return left;
  const scale = scaleOf(left) + scaleOf(right);
  let units = product(left, right);
  if (scale <= decimals) units += '0'.repeat(decimals - scale);
  else units = roundOff(units, scale - decimals);
  const negative = units.startsWith('-');
  const digits = (negative ? units.slice(1) : units).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${negative ? '-' : ''}${whole}${decimals > 0 ? `.${digits.slice(digits.length - decimals)}` : ''}`;
}

/** `digits` are the value in units of 10^-scale; a negative scale appends zeros. */
function write(negative: boolean, digits: string, scale: number): string {
  let whole = digits;
  let fraction = '';
  if (scale <= 0) whole = digits + '0'.repeat(-scale);
  else {
    const padded = digits.padStart(scale + 1, '0');
    whole = padded.slice(0, padded.length - scale);
    fraction = withoutTrailingZeros(padded.slice(padded.length - scale));
  }
  whole = withoutLeadingZeros(whole);
  const value = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative && value !== '0' ? `-${value}` : value;
}

function withoutTrailingZeros(fraction: string): string {
  let end = fraction.length;
  while (end > 0 && fraction.charCodeAt(end - 1) === 48) end -= 1;
  return fraction.slice(0, end);
}

function withoutLeadingZeros(whole: string): string {
  let start = 0;
  while (start < whole.length - 1 && whole.charCodeAt(start) === 48) start += 1;
  return whole.slice(start);
}

function scaleOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

function unitsOf(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '') + '0'.repeat(scale - scaleOf(text)));
}

/** Units of both texts multiplied, as an integer text; in doubles while those are exact. */
function product(left: string, right: string): string {
  const quick = Number(left.replace('.', '')) * Number(right.replace('.', ''));
  if (Number.isSafeInteger(quick)) return String(quick);
  return String(unitsOf(left, scaleOf(left)) * unitsOf(right, scaleOf(right)));
}

function roundOff(units: string, places: number): string {
  const divisor = 10n ** BigInt(places);
  const value = BigInt(units);
  const half = value < 0n ? -(divisor / 2n) : divisor / 2n;
  return String((value + half) / divisor);
}
