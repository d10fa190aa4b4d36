import { Command } from 'commander';
import { ERRORS, errorText, EXIT, type AppError } from '@tapekeeper/core';
import type { CheckedDataset } from '@tapekeeper/server/upkeep/checkRights';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { ok, type Check } from '../doctor/check.ts';
import { checkDatabase } from '../doctor/checkDatabase.ts';
import { checkDirectory } from '../doctor/checkDirectory.ts';
import { checkOperating } from '../doctor/checkOperating.ts';
import { checkPort, checkSources } from '../doctor/checkPorts.ts';
import { tokenInUse } from '../doctor/checkToken.ts';
import { probeResult, probeSources } from '../doctor/probeSources.ts';
import { probeText } from '../output/probeText.ts';
import { bad, good, warning } from '../output/style.ts';
import { table } from '../output/table.ts';
import { listenForStop } from '../stopSignal.ts';

/** `doctor`: whether everything is there that a start needs; with --sources, what each source really answers. */
export function doctorCommand({ say, act }: Frame): Command {
  return new Command('doctor').description(say('help.doctor')).action(act(examine));
}

async function examine(context: Context): Promise<number> {
  const { options, output } = context;
  const stop = listenForStop(() => {});
  try {
    const { token, checks: tokenChecks } = await tokenInUse(context);
    const probes =
      options.sources === undefined ? undefined : await probeSources(context, token, stop.signal);
    const checks = [
      ok('node', process.versions.node),
      ...(await checkDirectory(context)),
      ...(await checkDatabase(context)),
      await checkPort(context),
      ...(await checkOperating(context)),
      ...tokenChecks,
      ...(probes === undefined
        ? await checkSources(context)
        : probes.map((probe) => checkOf(context, probe))),
    ];
    output.line(checkTable(context, checks));
    for (const probe of probes ?? []) output.line(`\n${probeText(context, probe)}`);
    const errors = checks.flatMap(({ error }) => (error === undefined ? [] : [error]));
    output.result({
      ok: errors.length === 0,
      checks: checks.map((check) => checkResult(check)),
      ...(probes && { sources: probes.map(probeResult) }),
    });
    const [first] = errors;
    return first === undefined ? EXIT.ok : ERRORS[first.code].exit;
  } finally {
    stop.release();
  }
}

function checkOf({ say }: Context, { source, probe, error }: CheckedDataset): Check {
  if (error === undefined) return ok(source, say('rights.ok', { ms: probe?.ms ?? 0 }));
  return { name: source, state: 'failed', detail: '', error };
}

function checkTable({ say, language }: Context, checks: readonly Check[]): string {
  const reason = (error: AppError): string => errorText(error.code, error.details, language);
  return table(
    [{ title: say('column.check') }, { title: '' }, { title: say('column.detail') }],
    checks.map(({ name, state, detail, error }) => [
      name,
      mark(state),
      error === undefined ? detail : reason(error),
    ]),
  );
}

function mark(state: Check['state']): string {
  switch (state) {
    case 'ok':
      return good('ok');
    case 'warn':
      return warning('note');
    case 'failed':
      return bad('failed');
  }
}

function checkResult({ name, state, detail, error }: Check): object {
  return {
    name,
    state,
    detail: error?.message ?? detail,
    error: error === undefined ? null : { code: error.code },
  };
}
