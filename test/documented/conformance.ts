import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer, Asked } from '../http/httpStand.ts';
import type { DocumentedStand, Who } from './documentedStand.ts';

/** A line of the contract: a request, and what must come back. */
export interface Row {
  /** Where the contract has it and what it is about, `A4 cancelling what has ended`. */
  readonly what: string;
  /** An admin where left out. */
  readonly as?: Who;
  /** The request; what it refers to may have to be made first. */
  readonly ask: Asked | ((stand: DocumentedStand) => Asked | Promise<Asked>);
  readonly status: number;
  /** Exact keys and types of the body, nothing more: strict objects all the way down. */
  readonly shape?: z.ZodType;
  /** Values that the body has, as `toMatchObject` compares. */
  readonly has?: unknown;
  /** The exact text of an error, as `detail` and as `message`. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string | RegExp>>;
  /** What else must hold, of the answer or of what `/v1` says afterwards. */
  readonly afterwards?: (answer: Answer, stand: DocumentedStand) => void | Promise<void>;
}

/** Every line of a table as a test of its own. */
export function conforms(stand: () => DocumentedStand, rows: readonly Row[]): void {
  it.each(rows.map((row) => [row.what, row] as const))('%s', async (_, row) => {
    const { as = 'admin', ask, status, shape, has, detail, headers = {}, afterwards } = row;
    const answer = await stand().askAs(as, typeof ask === 'function' ? await ask(stand()) : ask);
    expect([answer.statusCode, answer.body.slice(0, 300)]).toEqual([status, answer.body.slice(0, 300)]);
    if (shape !== undefined) expectShape(shape, answer.json());
    if (has !== undefined) expect(answer.json()).toMatchObject(has as object);
    if (detail !== undefined) expect(answer.json()).toMatchObject({ detail, message: detail });
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === 'string') expect(answer.headers[name]).toBe(value);
      else expect(answer.headers[name]).toMatch(value);
    }
    await afterwards?.(answer, stand());
  });
}

/** Fails with what is wrong where a value is not of a shape. */
export function expectShape(shape: z.ZodType, value: unknown): void {
  const read = shape.safeParse(value);
  expect(read.success ? '' : z.prettifyError(read.error)).toBe('');
}
