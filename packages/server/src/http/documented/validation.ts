import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';

/** One fault of a request, as FastAPI lists it. */
export interface Fault {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

interface Issue {
  readonly code?: string;
  readonly expected?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly origin?: string;
  readonly input?: unknown;
  readonly message?: string;
}

const PARTS = { body: 'body', querystring: 'query', params: 'path', headers: 'header' } as const;

/** What a request lacks or has wrong, in the form and the words of FastAPI; undefined for any other error. */
export function faultsOf(thrown: unknown): readonly Fault[] | undefined {
  if (!hasZodFastifySchemaValidationErrors(thrown)) return undefined;
  const part = PARTS[(thrown as FastifyError).validationContext as keyof typeof PARTS] ?? 'body';
  return thrown.validation.map(({ instancePath, message, params }) => {
    const { issue } = params as { issue?: Issue };
    const place = instancePath
      .split('/')
      .filter((name) => name !== '')
      .map((name) => (/^\d+$/.test(name) ? Number(name) : name));
    return { loc: [part, ...place], ...wordsOf(issue, message ?? 'Value error') };
  });
}

/** A body that is no JSON at all. */
export const NO_JSON: readonly Fault[] = [
  { loc: ['body', 0], msg: 'JSON decode error', type: 'json_invalid' },
];

const KINDS: Readonly<Record<string, readonly [msg: string, type: string]>> = {
  string: ['Input should be a valid string', 'string_type'],
  number: ['Input should be a valid number', 'float_type'],
  int: ['Input should be a valid integer', 'int_type'],
  boolean: ['Input should be a valid boolean, unable to interpret input', 'bool_parsing'],
  array: ['Input should be a valid list', 'list_type'],
  object: ['Input should be a valid dictionary', 'dict_type'],
  record: ['Input should be a valid dictionary', 'dict_type'],
};

function wordsOf(issue: Issue | undefined, message: string): Pick<Fault, 'msg' | 'type'> {
  const isText = issue?.origin === 'string';
  switch (issue?.code) {
    case 'invalid_type': {
      if (issue.input === undefined && message.endsWith('received undefined'))
        return { msg: 'Field required', type: 'missing' };
      const [msg, type] = KINDS[issue.expected ?? ''] ?? [message, 'value_error'];
      return { msg, type };
    }
    case 'too_small':
      return isText
        ? { msg: `String should have at least ${issue.minimum} character`, type: 'string_too_short' }
        : { msg: `Input should be greater than or equal to ${issue.minimum}`, type: 'greater_than_equal' };
    case 'too_big':
      return isText
        ? { msg: `String should have at most ${issue.maximum} characters`, type: 'string_too_long' }
        : { msg: `Input should be less than or equal to ${issue.maximum}`, type: 'less_than_equal' };
    default:
      return { msg: message, type: 'value_error' };
  }
}
