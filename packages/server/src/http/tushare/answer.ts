import type { HttpContext } from '../context.ts';
import type { BackApi, Cells } from './api.ts';
import { DAY_APIS } from './dayApis.ts';
import { LIST_APIS } from './listApis.ts';
import { pageOf, type Params } from './params.ts';
import { REFUSALS, RefusedCall, type TushareRefusal } from './refusals.ts';
import { SPAN_APIS } from './spanApis.ts';
import { STATEMENT_APIS } from './statementApis.ts';
import { STREAM_APIS } from './streamApis.ts';

export const BACK_APIS: ReadonlyMap<string, BackApi> = new Map(
  [...LIST_APIS, ...DAY_APIS, ...SPAN_APIS, ...STATEMENT_APIS, ...STREAM_APIS].map((api) => [api.name, api]),
);

/** A call whose token has been checked. */
export interface Call {
  readonly api: string;
  readonly params: Params;
  /** Names with commas; empty for the usual ones. */
  readonly fields: string;
}

export interface Table {
  readonly fields: readonly string[];
  readonly items: readonly (readonly unknown[])[];
  readonly more: boolean;
}

/** Answers one call from the database; gives the refusal where Tushare would refuse. */
export async function answerCall(deps: HttpContext['deps'], call: Call): Promise<Table | TushareRefusal> {
  try {
    const api = BACK_APIS.get(call.api);
    if (api === undefined) throw new RefusedCall(REFUSALS.unknownApi);
    const { rows, more } = await api.read(deps, call.params, pageOf(call.params, api.cap));
    const fields = fieldsOf(api, call.fields, rows);
    return { fields, items: rows.map((cells) => fields.map((field) => cells(field) ?? null)), more };
  } catch (error) {
    if (error instanceof RefusedCall) return error.refusal;
    throw error;
  }
}

/** The fields that were asked for and exist, in the order asked; unknown names vanish, as at Tushare. */
function fieldsOf(api: BackApi, asked: string, rows: readonly Cells[]): readonly string[] {
  const names = new Set(asked.split(',').map((name) => name.trim()));
  const known = [...names].filter(
    (name) =>
      api.fields.includes(name) || (api.open === true && rows.some((cells) => cells(name) !== undefined)),
  );
  return known.length > 0 ? known : api.fields.filter((name) => !(api.hidden?.includes(name) ?? false));
}
