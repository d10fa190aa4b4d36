import { AppError } from '@tapekeeper/core';
import { z } from 'zod';
import type { Upstream } from '../watch.ts';

/** A page of a table: names of the columns, and rows of cells in that order. */
export interface TusharePage {
  readonly fields: readonly string[];
  readonly items: readonly (readonly unknown[])[];
  /** Undefined where the server does not say. */
  readonly hasMore: boolean | undefined;
}

export type TushareReply =
  | { readonly kind: 'page'; readonly page: TusharePage }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

const head = z.object({ code: z.int(), msg: z.string().nullish(), message: z.string().nullish() });

const table = z.object({
  data: z.object({
    fields: z.array(z.string().max(64)).max(500),
    items: z.array(z.unknown()),
    has_more: z.boolean().nullish(),
  }),
});

/** Names that reach into every object: no table of Tushare has such a column. */
const INHERITED = ['__proto__', 'constructor', 'prototype'];

/**
 * Reads the text of an answer; throws `malformed` for anything but the documented shape. `redact` takes
 * secrets out of what the errors quote.
 */
export function readTushareReply(
  upstream: Upstream,
  text: string,
  redact: (part: string) => string,
): TushareReply {
  const excerpt = () => JSON.stringify(redact(text.trim().slice(0, 200)).slice(0, 80).toWellFormed());
  const json = parseJson(upstream, text, excerpt);
  const outcome = head.safeParse(json);
  if (!outcome.success) throw malformed(upstream, `the answer lacks its code: ${excerpt()}`);
  const { code, msg, message } = outcome.data;
  if (code !== 0) return { kind: 'refused', code, message: msg || message || `code ${code} without a text.` };
  const page = table.safeParse(json);
  if (!page.success) throw malformed(upstream, `the answer holds no table: ${excerpt()}`);
  const { fields, items, has_more: hasMore } = page.data.data;
  refuseInherited(upstream, json);
  if (fields.some((name) => INHERITED.includes(name)) || new Set(fields).size !== fields.length) {
    throw malformed(upstream, `its columns are named ${fields.join(',').slice(0, 200)}.`);
  }
  if (!items.every((item): item is unknown[] => Array.isArray(item) && item.length === fields.length)) {
    throw malformed(upstream, `a row has not the ${fields.length} cells of the columns.`);
  }
  return { kind: 'page', page: { fields, items, hasMore: hasMore ?? undefined } };
}

function parseJson(upstream: Upstream, text: string, excerpt: () => string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(upstream, `no JSON: ${excerpt()}`, cause);
  }
}

function refuseInherited(upstream: Upstream, json: unknown): void {
  for (const part of [json, (json as { data?: unknown }).data]) {
    if (INHERITED.some((name) => Object.hasOwn(part as object, name))) {
      throw malformed(upstream, 'its keys reach into the prototype of objects.');
    }
  }
}

function malformed(upstream: Upstream, message: string, cause?: unknown): AppError {
  return new AppError('malformed', { ...upstream, message }, cause);
}
