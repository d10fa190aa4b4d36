import { seededRandom } from '../chaos/random.ts';
import type { Fuzzed } from './fuzzed.ts';
import { createJudge, isExplained, type Verdict } from './judge.ts';
import { pick } from './mutation.ts';

/** Thousands of broken answers may leave this much behind: buffers that wait to be collected, and no more. */
export const MOST_GROWN_BYTES = 400 * 1024 * 1024;

/** A changed answer that led to something that the change does not explain. */
export interface Finding {
  readonly seed: number;
  readonly mutation: string;
  readonly question: string;
  readonly verdict: Verdict;
}

export interface FuzzReport {
  readonly runs: number;
  /** How many came to what. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly datasets: ReadonlySet<string>;
  readonly mutations: ReadonlySet<string>;
  /** Bytes that the process has grown by since the first tenth of the runs. */
  readonly grownBytes: number;
  readonly findings: readonly Finding[];
}

/** Changed answers by the numbers of ascending seeds: each seed alone says what happens. */
export async function runFuzz(fuzzed: Fuzzed, firstSeed: number, runs: number): Promise<FuzzReport> {
  const judge = createJudge(fuzzed.world, fuzzed.source);
  const outcomes: Record<string, number> = {};
  const datasets = new Set<string>();
  const mutations = new Set<string>();
  const findings: Finding[] = [];
  let warm = 0;
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    if (seed === firstSeed + Math.floor(runs / 10)) warm = process.memoryUsage().rss;
    const random = seededRandom(seed);
    const one = pick(random, fuzzed.cases);
    const { question, truth, cleans, failing } = one;
    const { mutation, sight, outcome } = await fuzzed.ask(one, random);
    const verdict = judge(question, truth, cleans, outcome);
    datasets.add(question.dataset);
    mutations.add(mutation);
    const what = nameOf(verdict);
    outcomes[what] = (outcomes[what] ?? 0) + 1;
    if (isExplained(sight, verdict)) continue;
    const past = failing.length > 0 ? ` past ${failing.join(', ')}` : '';
    findings.push({ seed, mutation, question: `${question.dataset} ${question.shape}${past}`, verdict });
  }
  const grownBytes = process.memoryUsage().rss - warm;
  return { runs, outcomes, datasets, mutations, grownBytes, findings };
}

function nameOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'error':
      return verdict.code;
    case 'fewer':
      return verdict.silent ? 'rows missing' : 'rows in quarantine';
    case 'true':
      return 'only true rows';
    case 'untrue':
      return 'a valid value changed';
    case 'fault':
      return 'FAULT';
  }
}

export function reportText(name: string, report: FuzzReport): string {
  const counts = Object.entries(report.outcomes).toSorted(([, a], [, b]) => b - a);
  const grown = `${Math.round(report.grownBytes / 1024 / 1024)} MB`;
  return [
    `${name}: ${report.runs} changed answers of ${report.datasets.size} data sets by ${report.mutations.size} mutations, memory grown by ${grown}`,
    ...counts.map(([what, count]) => `  ${String(count).padStart(6)}  ${what}`),
  ].join('\n');
}
