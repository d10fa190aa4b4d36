/**
 * `node test/fuzz/main.ts SOURCE [FIRST_SEED] [COUNT]`: more changed answers than the tests have, or one again.
 * `node test/fuzz/main.ts openapi [SEED] [COUNT]`: so many requests of each operation of the API.
 */
import { fuzzOpenapi } from './fuzzOpenapi.ts';
import { openAkshare, openBaostock, openTushare } from './fuzzed.ts';
import { reportText, runFuzz } from './runFuzz.ts';

const OPEN = { tushare: openTushare, akshare: openAkshare, baostock: openBaostock };

const [name = '', firstSeed = '1', count] = process.argv.slice(2);
const startedAt = performance.now();
const found = await fuzz();
console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
process.exitCode = found === 0 ? 0 : 1;

async function fuzz(): Promise<number> {
  if (name === 'openapi') return fuzzOpenapi(Number(firstSeed), Number(count ?? '5000'));
  const open = OPEN[name as keyof typeof OPEN];
  if (open === undefined) {
    console.error(
      `usage: node test/fuzz/main.ts ${Object.keys(OPEN).join('|')}|openapi [FIRST_SEED] [COUNT]`,
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
