import { errorText } from '@tapekeeper/core';
import type { CheckedDataset } from '@tapekeeper/server/upkeep/checkRights';
import type { Context } from '../context.ts';
import { sideBySide } from './sideBySide.ts';
import { bad, bold } from './style.ts';

/** Letters of the raw answer that are shown; --json gives more. */
const RAW_SHOWN = 900;
const DEFAULT_WIDTH = 110;

/** What a source sent, at the left, and what was read from it, at the right. */
export function probeText({ say, language }: Context, { source, api, probe, error }: CheckedDataset): string {
  if (error !== undefined || probe === undefined) {
    const reason = error === undefined ? '' : errorText(error.code, error.details, language);
    return `${bold(source)}  ${api}\n${bad(reason)}`;
  }
  const raw = probe.raw.length > RAW_SHOWN ? `${probe.raw.slice(0, RAW_SHOWN)} …` : probe.raw;
  const parsed = JSON.stringify(probe.parsed, undefined, 2);
  const head = `${bold(source)}  ${api}  ${say('rights.ok', { ms: probe.ms })}`;
  const width = Math.min(process.stdout.columns ?? DEFAULT_WIDTH, 160);
  return `${head}\n${sideBySide([say('doctor.raw'), say('doctor.parsed')], [visible(raw), parsed], width)}`;
}

/** Control characters, which wire formats are made of, as something that can be seen. */
function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f]/g, (letter) =>
    letter === '\r' ? '' : String.fromCodePoint(0x2400 + (letter.codePointAt(0) ?? 0)),
  );
}
