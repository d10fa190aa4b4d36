/**
 * `node test/fuzz/main.ts SOURCE [FIRST_SEED] [COUNT]`: more changed answers than the tests have, or one again.
 * `node test/fuzz/main.ts openapi [SEED] [COUNT] [FROM-TO]`: so many requests of each operation of the API, or of
 * those operations by their place: each has its own course, so that parts can be run side by side and a cut one goes on.
 */
import { fuzzOpenapi } from './fuzzOpenapi.ts';
import { openAkshare, openBaostock, openTushare } from './fuzzed.ts';
import { reportText, runFuzz } from './runFuzz.ts';

const OPEN = { tushare: openTushare, akshare: openAkshare, baostock: openBaostock };

const [name = '', firstSeed = '1', count, range] = process.argv.slice(2);
const startedAt = performance.now();
const found = await fuzz();
console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
process.exitCode = found === 0 ? 0 : 1;

async function fuzz(): Promise<number> {
  if (name === 'openapi') return fuzzOpenapi(Number(firstSeed), Number(count ?? '5000'), range);
  const open = OPEN[name as keyof typeof OPEN];
  if (open === undefined) {
    console.error(
      `usage: node test/fuzz/main.ts ${Object.keys(OPEN).join('|')}|openapi [FIRST_SEED] [COUNT] [FROM-TO]`,
    );
    process.exit(64);
  }
  const fuzzed = await open();
  const report = await runFuzz(fuzzed, Number(firstSeed), Number(count ?? '1000'));
  console.log(reportText(name, report));
  for (const finding of report.findings) console.log(JSON.stringify(finding));
  await fuzzed.close();
  return report.findings.length;
}
