import { createServer, type IncomingMessage } from 'node:http';
import { parseDay } from '@tapekeeper/core';
import { listen } from '../listen.ts';
import type { Listening } from '../upstream.ts';
import { type AnswerEdit, type EditedCall, editedPage, type EditedPage } from './answerEdit.ts';

/**
 * A door before a Tushare server that changes its answers on their way; whatever is no answer with rows
 * goes through as it is, and a connection that the server cuts is cut here too.
 * @param edits those of the moment
 */
export async function startEditedTushare(
  url: string,
  edits: () => readonly AnswerEdit[],
): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    void pass(incoming).then(
      ({ status, text }) => {
        outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text);
      },
      () => outgoing.destroy(),
    );
  });
  return listen(server, '127.0.0.1', 0);

  async function pass(incoming: IncomingMessage): Promise<{ status: number; text: string }> {
    const body = await textOf(incoming);
    const answer = await fetch(new URL(incoming.url ?? '/', url), {
      method: incoming.method ?? 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await answer.text();
    const now = edits();
    return { status: answer.status, text: now.length === 0 ? text : edited(now, callOf(body), text) };
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function callOf(body: string): EditedCall {
  const { api_name: api, params } = JSON.parse(body) as {
    api_name: string;
    params?: Readonly<Record<string, string>>;
  };
  return { api, day: parseDay(params?.['trade_date'] ?? '') };
}

/** Digits stay as they are: the numbers of a world have fewer than a double can hold. */
function edited(edits: readonly AnswerEdit[], call: EditedCall, text: string): string {
  const answer = parsed(text);
  const { data } = answer ?? {};
  return data ? JSON.stringify({ ...answer, data: editedPage(edits, call, data) }) : text;
}

function parsed(text: string): { readonly data?: EditedPage | null } | undefined {
  try {
    return JSON.parse(text) as { readonly data?: EditedPage | null };
  } catch {
    return undefined;
  }
}
