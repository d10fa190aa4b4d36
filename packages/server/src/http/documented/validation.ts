import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';

/** One fault of a request, as FastAPI lists it. */
export interface Fault {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** What zod says of one fault besides its kind and place. */
interface Issue {
  readonly expected?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly origin?: string;
}

const PARTS = { body: 'body', querystring: 'query', params: 'path', headers: 'header' } as const;

/** What a request lacks or has wrong, in the form and the words of FastAPI; undefined for any other error. */
export function faultsOf(thrown: unknown): readonly Fault[] | undefined {
  if (!hasZodFastifySchemaValidationErrors(thrown)) return undefined;
  const part = PARTS[(thrown as FastifyError).validationContext as keyof typeof PARTS] ?? 'body';
  return thrown.validation.map(({ instancePath, keyword, message, params }) => {
    const place = instancePath
      .split('/')
      .filter((name) => name !== '')
      .map((name) => (/^\d+$/.test(name) ? Number(name) : name));
    return { loc: [part, ...place], ...wordsOf(keyword, params as Issue, message ?? 'Value error') };
  });
}

/** A body that is no JSON at all. */
export const NO_JSON: readonly Fault[] = [
  { loc: ['body', 0], msg: 'JSON decode error', type: 'json_invalid' },
];

const KINDS: Readonly<Record<string, readonly [msg: string, type: string]>> = {
  string: ['Input should be a valid string', 'string_type'],
  number: ['Input should be a valid integer', 'int_type'],
  int: ['Input should be a valid integer', 'int_type'],
  boolean: ['Input should be a valid boolean, unable to interpret input', 'bool_parsing'],
  array: ['Input should be a valid list', 'list_type'],
  object: ['Input should be a valid dictionary', 'dict_type'],
  record: ['Input should be a valid dictionary', 'dict_type'],
};

type FaultWords = Pick<Fault, 'msg' | 'type'>;

function wordsOf(kind: string, issue: Issue, message: string): FaultWords {
  return WORDS[kind]?.(issue, message) ?? { msg: message, type: 'value_error' };
}

const NO_INTEGER: FaultWords = {
  msg: 'Input should be a valid integer, unable to parse string as an integer',
  type: 'int_parsing',
};

const WORDS: Readonly<Record<string, (issue: Issue, message: string) => FaultWords>> = {
  invalid_type(issue, message) {
    if (message.endsWith('received undefined')) return { msg: 'Field required', type: 'missing' };
    if (issue.expected === 'number' && message.endsWith('received string')) return NO_INTEGER;
    const [msg, type] = KINDS[issue.expected ?? ''] ?? [message, 'value_error'];
    return { msg, type };
  },
  too_small: ({ origin, minimum }) =>
    origin === 'string'
      ? { msg: `String should have at least ${minimum} character`, type: 'string_too_short' }
      : { msg: `Input should be greater than or equal to ${minimum}`, type: 'greater_than_equal' },
  too_big: ({ origin, maximum }) =>
    origin === 'string'
      ? { msg: `String should have at most ${maximum} characters`, type: 'string_too_long' }
      : { msg: `Input should be less than or equal to ${maximum}`, type: 'less_than_equal' },
};
