type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The names under which an answer has texts; texts of a list are under the name of the list. */
export function keysOfTexts(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return [key];
  if (Array.isArray(value)) return value.flatMap((one) => keysOfTexts(one, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => keysOfTexts(one, name));
}

/** The answer with another text under a name, wherever that name is. */
export function alterTexts(body: string, key: string, text: string): string {
  const altered = (value: Json, name: string): Json => {
    if (typeof value === 'string') return name === key ? text : value;
    return within(value, (one, inner) => altered(one, inner ?? name));
  };
  return JSON.stringify(altered(JSON.parse(body) as Json, ''));
}

const WORDS: ReadonlySet<string> = new Set([
  'title',
  'summary',
  'description',
  'operationId',
  'default',
  'enum',
  'const',
]);

/** The OpenAPI document with another text behind every word of it: what is described, its names and values. */
export function alterWords(body: string, text: string): string {
  const altered = (value: Json, name: string): Json => {
    if (typeof value === 'string') return WORDS.has(name) ? `${value} ${text}` : value;
    return within(value, (one, inner) => altered(one, inner ?? name));
  };
  return JSON.stringify(altered(JSON.parse(body) as Json, ''));
}

/** Each value inside with its name; those of a list have none of their own. */
function within(value: Json, change: (one: Json, name: string | undefined) => Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => change(one, undefined));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one as Json, name)]));
}
