import type { Gauge, GaugeValue } from '../ports/metrics.ts';

/** Numbers in the text form of Prometheus; what has no values is left out. */
export function exposeGauges(gauges: readonly Gauge[]): string {
  return gauges
    .filter(({ values }) => values.length > 0)
    .map(({ name, help, kind = 'gauge', values }) => {
      const lines = values.map((value) => `${name}${labelsOf(value)} ${numberOf(value.value)}`);
      return `# HELP ${name} ${escape(help)}\n# TYPE ${name} ${kind}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function labelsOf({ labels }: GaugeValue): string {
  const pairs = Object.entries(labels).map(
    ([name, text]) => `${name}="${escape(text).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberOf(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
