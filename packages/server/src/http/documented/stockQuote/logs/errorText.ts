import type { SymbolLine, SymbolTrouble } from '../../../../ports/logTableStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { naiveShanghai } from '../../times.ts';

/** How much of what went wrong somebody is told. */
export interface Telling {
  /** Whether each try is told, and not the last one alone. */
  readonly whole: boolean;
  /** A text without the secrets of the installation. */
  readonly mask: (text: string) => string;
}

/** Why a symbol was not collected; null where nothing is known to be wrong. */
export function errorOfLine(line: SymbolLine, { whole, mask }: Telling): string | null {
  if (line.status !== 'failed' && line.status !== 'partial_success') return null;
  const ofRun = textOf(line.runError);
  const tried = line.troubles.flatMap((trouble) => lastOf(trouble) ?? []);
  const refused = line.refused.map(({ outcome, detail }) => `${outcome}: ${detail ?? '数据未通过校验'}`);
  const causes = [...tried, ...refused, ...(ofRun === null ? [] : [ofRun])];
  const [first = stateText(line)] = causes;
  if (!whole) return mask(first);
  const trace = line.troubles.flatMap((trouble) => traceOf(trouble));
  return mask([first, ...causes.slice(1), ...trace].join('\n'));
}

/** Why a run has failed; null where it has not, as a whole. */
export function errorOfRun(error: RunView['error'], { mask }: Pick<Telling, 'mask'>): string | null {
  const text = textOf(error);
  return text === null ? null : mask(text);
}

function textOf(error: RunView['error']): string | null {
  return error === null ? null : `${error.code}: ${error.message}`;
}

/** Undefined for an item that nobody came to, because its run ended before. */
function lastOf({ code, tries }: SymbolTrouble): string | undefined {
  const last = tries.at(-1);
  return last === undefined ? (code ?? undefined) : `${last.code}: ${last.message ?? ''}`;
}

function traceOf({ item, source, from, to, tries }: SymbolTrouble): readonly string[] {
  return tries.map(
    ({ no, at, code, message }) =>
      `  ${naiveShanghai(at)} ${source} 采集项 ${item}（${from} 至 ${to}）第 ${no} 次尝试：${code}: ${message ?? ''}`,
  );
}

const STATE_TEXTS: Partial<Record<SymbolLine['runState'], string>> = {
  cancelled: '任务已取消',
  skipped: '任务被跳过，未执行',
  missed: '任务错过执行时间，未执行',
};

function stateText({ runState }: SymbolLine): string {
  return STATE_TEXTS[runState] ?? '采集失败';
}
