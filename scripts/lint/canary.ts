/**
 * The proof that the linter's rules bite: violations are planted in a file tree of their own, oxlint runs
 * over it with the configuration of the repository, and what it reports must be what was planted, line by
 * line, no less and no more. A rule that matches nothing looks exactly like clean code; this is what tells
 * the two apart.
 */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ambientPlants } from './ambientPlants.ts';
import { importPlants } from './importPlants.ts';
import { merged, sourceOf } from './plant.ts';
import type { PlantedFile } from './plant.ts';
import { rulePlants } from './rulePlants.ts';

export interface CanaryResult {
  /** Violations planted. */
  readonly planted: number;
  /** Files that oxlint says it read. */
  readonly files: number;
  /** `path:line rule text` of violations that no one reported. */
  readonly missed: readonly string[];
  /** The same of lines that are allowed and were reported. */
  readonly wrong: readonly string[];
}

/** Rules of which every line that may stay is planted as well, so that a finding too many is a fault. */
const EXACT_RULES: readonly string[] = [
  'eslint(no-restricted-imports)',
  'eslint(no-restricted-globals)',
  'eslint(no-restricted-properties)',
  'tapekeeper(no-present-date)',
];

const ROOT = new URL('../../', import.meta.url);

/** Every violation there is to plant. */
export function allPlants(): PlantedFile[] {
  return merged([...importPlants(), ...ambientPlants(), ...rulePlants()]);
}

/**
 * Plants and lints. `change` is source that may alter `config` before it is exported, so that a test can
 * break a rule and see it noticed.
 */
export async function runCanary(change = ''): Promise<CanaryResult> {
  const plants = allPlants();
  const folder = await mkdtemp(join(tmpdir(), 'tapekeeper-lint-'));
  try {
    await writeTree(folder, plants, change);
    const report = await lint(folder);
    return { ...compare(plants, report.findings), files: report.files };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeTree(folder: string, plants: readonly PlantedFile[], change: string): Promise<void> {
  const config = pathToFileURL(fileURLToPath(new URL('oxlint.config.ts', ROOT))).href;
  const lines = [`import real from '${config}';`, 'const config = structuredClone(real);', change];
  await writeFile(join(folder, 'oxlint.config.ts'), [...lines, 'export default config;', ''].join('\n'));
  await writeFile(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": true, "types": [] } }\n');
  for (const plant of plants) {
    const path = join(folder, plant.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, sourceOf(plant));
  }
}

interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

interface OxlintReport {
  readonly number_of_files: number;
  readonly diagnostics: readonly {
    readonly code?: string;
    readonly message: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

async function lint(folder: string): Promise<{ files: number; findings: Finding[] }> {
  const oxlint = fileURLToPath(new URL('node_modules/oxlint/bin/oxlint', ROOT));
  const args = [oxlint, '--type-aware', '--format=json', 'packages', 'test'];
  const options = { cwd: folder, maxBuffer: 256 * 1024 * 1024 };
  const stdout = await promisify(execFile)(process.execPath, args, options).then(
    (done) => done.stdout,
    // oxlint ends with 1 when it finds something, which is what is wanted here
    (error: { stdout?: string }) => error.stdout ?? '',
  );
  const report = JSON.parse(stdout) as OxlintReport;
  const findings = report.diagnostics.map((one) => ({
    path: one.filename,
    line: one.labels[0]?.span.line ?? 0,
    rule: one.code ?? one.message,
  }));
  return { files: report.number_of_files, findings };
}

function compare(
  plants: readonly PlantedFile[],
  findings: readonly Finding[],
): Pick<CanaryResult, 'planted' | 'missed' | 'wrong'> {
  const planted = new Map(
    plants.flatMap((file) =>
      file.lines.flatMap((line, index) =>
        line.rules.map((rule) => [place(file.path, index + 1, rule), line.text] as const),
      ),
    ),
  );
  const found = new Set(findings.map((one) => place(one.path, one.line, one.rule)));
  return {
    planted: planted.size,
    missed: [...planted].filter(([where]) => !found.has(where)).map(([where, text]) => `${where}  ${text}`),
    wrong: findings
      .filter((one) => EXACT_RULES.includes(one.rule))
      .map((one) => place(one.path, one.line, one.rule))
      .filter((where) => !planted.has(where)),
  };
}

const place = (path: string, line: number, rule: string): string => `${path}:${line} ${rule}`;
