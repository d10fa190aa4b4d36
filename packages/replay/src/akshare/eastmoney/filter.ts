/** The filter language of Eastmoney's data centre: conditions in brackets, all of which must hold. */

export interface Condition {
  readonly column: string;
  readonly operator: '=' | '>' | '<' | '>=' | '<=' | '<>' | 'in';
  /** One value, or those of a list. */
  readonly values: readonly string[];
}

export type ReportRow = Readonly<Record<string, string | number | null>>;

const CONDITION = /\(([A-Z0-9_]+)\s*(>=|<=|<>|=|>|<|\bin\b)\s*(\([^)]*\)|'[^']*'|"[^"]*"|[^()]+)\)/gi;

/**
 * Reads `(REPORTDATE='2024-12-31')(SECURITY_CODE in ("600000","000001"))`.
 * @returns undefined where something of the text is no condition
 */
export function readFilter(text: string): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  const rest = text.replaceAll(CONDITION, (_, column: string, operator: string, value: string) => {
    const values = [...value.matchAll(/"([^"]*)"|'([^']*)'|([^"'(),\s]+)/g)].map(
      ([, double, single, bare]) => double ?? single ?? bare ?? '',
    );
    conditions.push({ column, operator: operator.toLowerCase() as Condition['operator'], values });
    return '';
  });
  return rest.trim() === '' ? conditions : undefined;
}

/** The values that a column must be equal to; undefined where any will do. */
export function valuesOf(conditions: readonly Condition[], column: string): readonly string[] | undefined {
  return conditions.find(
    (each) => each.column === column && (each.operator === '=' || each.operator === 'in'),
  )?.values;
}

/** Days compare as days, whether they are written with midnight or without. */
export function meets(row: ReportRow, { column, operator, values }: Condition): boolean {
  const cell = row[column];
  if (cell === undefined || cell === null) return false;
  const order = (value: string): number => {
    if (typeof cell === 'number') return cell - Number(value);
    const [left, right] = [withoutMidnight(cell), withoutMidnight(value)];
    return left === right ? 0 : left < right ? -1 : 1;
  };
  const first = order(values[0] ?? '');
  switch (operator) {
    case '=':
      return first === 0;
    case '<>':
      return first !== 0;
    case '>':
      return first > 0;
    case '<':
      return first < 0;
    case '>=':
      return first >= 0;
    case '<=':
      return first <= 0;
    case 'in':
      return values.some((value) => order(value) === 0);
  }
}

function withoutMidnight(text: string): string {
  return text.replace(/ 00:00:00$/, '');
}
