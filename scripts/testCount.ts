/**
 * How many tests passed and failed, from vitest's JSON report: `node scripts/testCount.ts report.json 1`
 * prints `12 1`. The exit code of the run is the second word on whether a report of no failures is true.
 */

import { readFile } from 'node:fs/promises';

/** The part of vitest's JSON report that is read here. */
export interface TestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts. A file that could not be loaded has no tests to fail and counts as one; so does a run that
 * ended badly without a failed test, or whose report is missing. A skipped test has not passed, and no
 * test here may be skipped, so it counts as failed.
 * @example countTests(undefined, 1) // { passed: 0, failed: 1 }
 */
export function countTests(report: TestReport | undefined, exitCode: number): TestCount {
  let passed = 0;
  let failed = 0;
  for (const file of report?.testResults ?? []) {
    const good = file.assertionResults.filter((test) => test.status === 'passed').length;
    const bad = file.assertionResults.length - good;
    passed += good;
    failed += file.status === 'failed' ? Math.max(bad, 1) : bad;
  }
  const lost = passed + failed === 0;
  return { passed, failed: failed === 0 && (exitCode !== 0 || lost) ? 1 : failed };
}

async function readReport(path: string): Promise<TestReport | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as TestReport;
  } catch (error) {
    console.error(`no test report in ${path}: ${String(error)}`);
    return undefined;
  }
}

if (import.meta.main) {
  const [path = '', exitCode = '1'] = process.argv.slice(2);
  const count = countTests(await readReport(path), Number(exitCode));
  console.log(`${count.passed} ${count.failed}`);
}
