import { encodeGbk } from './gbk.ts';

/** An answer before faults have had their turn. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(value: unknown): Reply {
  return jsonText(JSON.stringify(value));
}

/** JSON that is already written, for digits and repeated keys that a serialiser would not give. */
export function jsonText(text: string): Reply {
  return { status: 200, type: 'application/json; charset=UTF-8', body: Buffer.from(text) };
}

export function script(text: string): Reply {
  return { status: 200, type: 'application/javascript; charset=utf-8', body: Buffer.from(text) };
}

export function gbkScript(text: string, charset = 'GBK'): Reply {
  return { status: 200, type: `application/javascript; charset=${charset}`, body: encodeGbk(text) };
}

export function plain(status: number, text: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: Buffer.from(text) };
}

export function html(text: string, status = 200): Reply {
  return { status, type: 'text/html; charset=utf-8', body: Buffer.from(text) };
}

export function xlsxFile(body: Buffer, name: string): Reply {
  return {
    status: 200,
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    body,
    headers: { 'content-disposition': `attachment;filename=${encodeURIComponent(name)}.xlsx` },
  };
}
