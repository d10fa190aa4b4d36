/**
 * `npm run sbom -- FILE`: the bill of materials of what is delivered, CycloneDX in JSON, to the file or to standard
 * output. Made by npm of the lockfile, and held against it before it is given out.
 */

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deliveredBill, missingFrom, type Bill } from './dependencies/deliveredBill.ts';
import { deliveredPackages, type Lockfile } from './dependencies/dependencyFaults.ts';

const ARGUMENTS = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--loglevel=error'];

const root = fileURLToPath(new URL('..', import.meta.url));
const { stdout } = await promisify(execFile)('npm', ARGUMENTS, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
const lockfile = JSON.parse(await readFile(`${root}/package-lock.json`, 'utf8')) as Lockfile;
const delivered = deliveredPackages(lockfile);
const bill = deliveredBill(JSON.parse(stdout) as Bill, delivered);

const missing = missingFrom(bill, delivered);
if (bill.bomFormat !== 'CycloneDX' || missing.length > 0) {
  console.error(`the bill of npm lacks ${missing.join(', ')}, or their digests or licenses`);
  process.exit(1);
}
const text = `${JSON.stringify(bill, undefined, 2)}\n`;
const [file] = process.argv.slice(2);
if (file === undefined) process.stdout.write(text);
else await writeFile(file, text);
console.error(`sbom: ${delivered.length} packages of others`);
