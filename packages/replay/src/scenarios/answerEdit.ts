import type { PlainDay } from '@tapekeeper/core';

/** Which answers of Tushare are changed. */
interface EditedCalls {
  readonly api: string;
  /** Only answers to calls for this one day. */
  readonly day?: PlainDay;
}

/** A change of well-formed answers, such as new columns, odd rows or rows that are left out. */
export type AnswerEdit = EditedCalls &
  (
    | { readonly edit: 'rename_column'; readonly column: string; readonly to: string }
    | { readonly edit: 'drop_column'; readonly column: string }
    /** The rows of a symbol have this in a column. */
    | {
        readonly edit: 'set_cell';
        readonly symbol: string;
        readonly column: string;
        readonly value: string | number | null;
      }
    /** A symbol has no row. */
    | { readonly edit: 'drop_symbol'; readonly symbol: string }
    /** The rows of a symbol come under another code, `add` with those of the symbol itself beside. */
    | {
        readonly edit: 'spell_symbol';
        readonly symbol: string;
        readonly as: string;
        readonly add?: boolean;
      }
  );

/** The call that is answered, as far as edits look at it. */
export interface EditedCall {
  readonly api: string;
  readonly day: PlainDay | undefined;
}

/** A page of an answer: names of the columns, and rows of as many cells. */
export interface EditedPage {
  readonly fields: readonly string[];
  readonly items: readonly (readonly unknown[])[];
}

/** What edits make of a page, one after the other. */
export function editedPage<P extends EditedPage>(edits: readonly AnswerEdit[], call: EditedCall, page: P): P {
  return edits
    .filter(({ api, day }) => api === call.api && (day === undefined || day === call.day))
    .reduce((edited, edit) => ({ ...edited, ...applied(edit, edited) }), page);
}

function applied(edit: AnswerEdit, { fields, items }: EditedPage): EditedPage {
  const symbolAt = fields.indexOf('ts_code');
  switch (edit.edit) {
    case 'rename_column':
      return { fields: fields.map((name) => (name === edit.column ? edit.to : name)), items };
    case 'drop_column': {
      const at = fields.indexOf(edit.column);
      const without = <T>(cells: readonly T[]): readonly T[] => cells.filter((_, place) => place !== at);
      return at < 0 ? { fields, items } : { fields: without(fields), items: items.map(without) };
    }
    case 'set_cell': {
      const at = fields.indexOf(edit.column);
      return {
        fields,
        items: items.map((row) => (row[symbolAt] === edit.symbol ? row.with(at, edit.value) : row)),
      };
    }
    case 'drop_symbol':
      return { fields, items: items.filter((row) => row[symbolAt] !== edit.symbol) };
    case 'spell_symbol':
      return {
        fields,
        items: items.flatMap((row) => {
          if (row[symbolAt] !== edit.symbol) return [row];
          const respelt = row.with(symbolAt, edit.as);
          return edit.add === true ? [row, respelt] : [respelt];
        }),
      };
  }
}
