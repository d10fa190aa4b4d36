import { problemSchema } from '@tapekeeper/contract';
import { ERRORS } from '@tapekeeper/core';
import { z } from 'zod';
import type { ApiDocument, Operation, Schema } from './document.ts';

/** An answer as far as it is judged. */
export interface JudgedAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Says what is wrong with an answer; undefined for one that the document allows. */
export type Judge = (operation: Operation, answer: JudgedAnswer) => string | undefined;

/** By the document alone: what it does not tell of, a client cannot be ready for. */
export function createJudge(document: ApiDocument): Judge {
  const readers = new Map<Schema, z.ZodType>();
  const readerOf = (schema: Schema): z.ZodType => {
    const known = readers.get(schema) ?? readerFrom(document, schema);
    readers.set(schema, known);
    return known;
  };
  return ({ responses, tags }, { statusCode, headers, body }) => {
    const isDocumented = tags[0]?.startsWith('documented: ') === true;
    const told = responses[statusCode];
    if (told === undefined && statusCode >= 500) return `answered ${statusCode}: ${body.slice(0, 500)}`;
    if (told === undefined && statusCode < 400) return `answered ${statusCode}, which is not documented`;
    const type = typeOf(headers['content-type']);
    if (told === undefined)
      // what is too long was refused before there was a route
      return isDocumented && statusCode !== 431
        ? faultOfDocumented(statusCode, type, body)
        : faultOfProblem(statusCode, type, body);
    if (told.content === undefined && body === '') return undefined;
    const content = told.content?.[type];
    if (content === undefined) return `answered ${statusCode} as "${type}", which is not documented`;
    if (type !== 'application/json') return undefined;
    const read = readerOf(content.schema).safeParse(JSON.parse(body));
    return read.success ? undefined : `answered what the document does not: ${z.prettifyError(read.error)}`;
  };
}

function typeOf(header: unknown): string {
  return typeof header === 'string' ? (header.split(';', 1)[0] ?? '') : '';
}

function faultOfProblem(status: number, type: string, body: string): string | undefined {
  if (type !== 'application/problem+json')
    return `refused with ${status} as "${type}": ${body.slice(0, 200)}`;
  const problem = problemSchema.safeParse(JSON.parse(body));
  if (!problem.success) return `refused with no problem: ${body.slice(0, 200)}`;
  if (problem.data.status !== status) return `refused with ${status}, and says ${problem.data.status}`;
  if (!Object.hasOwn(ERRORS, problem.data.code)) return `refused with the unknown code ${problem.data.code}`;
  return /\bat .+\.ts:\d+/.test(body) ? `shows where the code went wrong: ${body.slice(0, 300)}` : undefined;
}

/** Errors of the documented systems have a text for older clients, and one for newer ones. */
function faultOfDocumented(status: number, type: string, body: string): string | undefined {
  if (type !== 'application/json') return `refused with ${status} as "${type}": ${body.slice(0, 200)}`;
  const refusal = refusalReader.safeParse(JSON.parse(body));
  if (!refusal.success) return `refused in another form: ${body.slice(0, 200)}`;
  return /\bat .+\.ts:\d+/.test(body) ? `shows where the code went wrong: ${body.slice(0, 300)}` : undefined;
}

const refusalReader = z.looseObject({
  detail: z.union([
    z.string().min(1),
    z.array(
      z.strictObject({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() }),
    ),
  ]),
  message: z.string().min(1),
  error_code: z.string().refine((code) => Object.hasOwn(ERRORS, code)),
});

function readerFrom({ components }: ApiDocument, schema: Schema): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}
