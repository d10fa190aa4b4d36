/** `node test/fuzz/main.ts SOURCE [FIRST_SEED] [COUNT]`: more changed answers than the tests have, or one again. */
import { openAkshare, openBaostock, openTushare } from './fuzzed.ts';
import { reportText, runFuzz } from './runFuzz.ts';

const OPEN = { tushare: openTushare, akshare: openAkshare, baostock: openBaostock };

const [name = '', firstSeed = '1', count = '1000'] = process.argv.slice(2);
const open = OPEN[name as keyof typeof OPEN];
if (open === undefined) {
  console.error(`usage: node test/fuzz/main.ts ${Object.keys(OPEN).join('|')} [FIRST_SEED] [COUNT]`);
  process.exit(64);
}
const fuzzed = await open();
const startedAt = performance.now();
const report = await runFuzz(fuzzed, Number(firstSeed), Number(count));
console.log(reportText(name, report));
for (const finding of report.findings) console.log(JSON.stringify(finding));
console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
await fuzzed.close();
process.exitCode = report.findings.length === 0 ? 0 : 1;
