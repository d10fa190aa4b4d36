import { expect, it } from 'vitest';
import { countTests } from './testCount.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

it('counts passed and failed tests over all files', () => {
  const report = { testResults: [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')] };
  expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1 });
});

it('counts a file that could not be loaded as one failure', () => {
  expect(countTests({ testResults: [file('passed', 'passed'), file('failed')] }, 1)).toEqual({
    passed: 1,
    failed: 1,
  });
});

it('counts a skipped test as failed', () => {
  expect(countTests({ testResults: [file('passed', 'passed', 'skipped', 'todo')] }, 0)).toEqual({
    passed: 1,
    failed: 2,
  });
});

it('counts one failure when the run ended badly though every test passed', () => {
  expect(countTests({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1 });
});

it('counts one failure when there is no report, or no test in it', () => {
  expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  expect(countTests({ testResults: [] }, 0)).toEqual({ passed: 0, failed: 1 });
});
