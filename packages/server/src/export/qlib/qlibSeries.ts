import { factorOn, type DayBar, type FactorPoint } from '@tapekeeper/core';

export const QLIB_FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const;

/** The bars of one symbol as Qlib keeps them: a value a trading day from its first bar to its last. */
export interface QlibSeries {
  /** Place of the first bar in the calendar. */
  readonly start: number;
  readonly end: number;
  readonly fields: Readonly<Record<(typeof QLIB_FIELDS)[number], Float32Array>>;
}

/**
 * Lays the bars of one symbol over the calendar; days without a bar are NaN. As in Qlib's own data, prices
 * are raw * factor and the volume is raw / factor, and the factor is scaled so that the first close is 1:
 * factor(t) = F(t) / (F(first) * close(first)). Without factors of the symbol F is 1. Undefined where no
 * bar lies in the calendar. Bars and points ascend by day.
 */
export function qlibSeries(
  bars: readonly DayBar[],
  points: readonly FactorPoint[],
  placeOf: ReadonlyMap<string, number>,
): QlibSeries | undefined {
  const placed = bars.flatMap((bar) => {
    const place = placeOf.get(bar.day);
    return place === undefined ? [] : [{ bar, place }];
  });
  const [first] = placed;
  const last = placed.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const length = last.place - first.place + 1;
  const empty = (): Float32Array => new Float32Array(length).fill(Number.NaN);
  const fields = {
    open: empty(),
    high: empty(),
    low: empty(),
    close: empty(),
    volume: empty(),
    factor: empty(),
  };
  // days before the first factor have it too: there has been nothing to adjust
  const rawFactor = (bar: DayBar): number => factorOn(points, bar.day) ?? points[0]?.factor ?? 1;
  const scale = rawFactor(first.bar) * (first.bar.close ?? 1);
  for (const { bar, place } of placed) {
    const at = place - first.place;
    const factor = rawFactor(bar) / scale;
    fields.factor[at] = factor;
    fields.volume[at] = bar.volume / factor;
    for (const name of ['open', 'high', 'low', 'close'] as const) {
      fields[name][at] = bar[name] === null ? Number.NaN : bar[name] * factor;
    }
  }
  return { start: first.place, end: last.place, fields };
}

/** The bytes of a field: little-endian float32, the place of the first value ahead of the values. */
export function binOf(start: number, values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length + 1) * 4);
  const view = new DataView(bytes.buffer);
  view.setFloat32(0, start, true);
  values.forEach((value, at) => view.setFloat32((at + 1) * 4, value, true));
  return bytes;
}

/** `600000.SH` as Qlib names it: `SH600000`. */
export function qlibName(symbol: string): string {
  return symbol.slice(7) + symbol.slice(0, 6);
}
