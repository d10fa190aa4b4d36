import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Policy } from '../../packages/server/src/http/auth/policies.ts';
import { POLICY } from '../../packages/server/src/http/auth/policy.ts';
import type { HttpApp } from '../../packages/server/src/http/context.ts';
import { HOST, type Answer } from '../http/httpStand.ts';
import type { DocumentedRoute } from './documented.ts';

/** What a command has asked, and whether it was let in. */
export interface AskedOperation {
  readonly operation: string;
  readonly policy: Policy;
  readonly isRefused: boolean;
}

type Method = DocumentedRoute['method'];

/**
 * What stands between the commands and the interface, and sees what they ask. The answers of who may do everything
 * are kept, and given to everybody else whom the door lets in: so each comes as far as his rights go, and nothing
 * changes.
 */
export interface Relay {
  readonly url: string;
  /** From now on requests are of this command, answered by the interface itself. */
  record(command: string): void;
  /** From now on requests are of this command, answered as recorded by whoever the door lets in. */
  repeat(command: string): void;
  /** What has been asked since. */
  asked(): readonly AskedOperation[];
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly routes: readonly DocumentedRoute[];
  /** The interface as it is. */
  readonly whole: HttpApp;
  /** The same without anything behind its door. */
  readonly door: HttpApp;
  /** After each request of a recorded command: work that has been asked for. */
  readonly work: () => Promise<unknown>;
}

export async function startRelay({ routes, whole, door, work }: RelayOptions): Promise<Relay> {
  const patterns = routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  const recorded = new Map<string, Answer[]>();
  let command = '';
  let isRecording = true;
  let asked: AskedOperation[] = [];

  const operationOf = (method: string, path: string): string => {
    const fits = patterns.filter(({ route, pattern }) => route.method === method && pattern.test(path));
    // what is named as it is goes before what stands for a name
    const { route } = fits.find((one) => !one.route.path.includes('{')) ?? fits[0] ?? {};
    if (route === undefined) throw new Error(`no document has ${method} ${path}`);
    return route.operation;
  };
  const answer = async (method: Method, url: string, headers: object, payload: Buffer): Promise<Answer> => {
    const path = url.split('?', 1)[0] ?? url;
    const operation = operationOf(method, path);
    const policy = POLICY[operation];
    if (policy === undefined) throw new Error(`${operation} has no policy`);
    const request = {
      method,
      url,
      headers: { ...headers, host: HOST },
      ...(payload.length > 0 && { payload }),
    };
    const given = await (isRecording ? whole : door).inject(request);
    const isRefused = given.statusCode === 401 || given.statusCode === 403;
    asked.push({ operation, policy, isRefused });
    const kept = recorded.get(`${command} ${method} ${path}`) ?? [];
    if (isRefused) return given;
    if (!isRecording) return (kept.length > 1 ? kept.shift() : kept[0]) ?? given;
    recorded.set(`${command} ${method} ${path}`, [...kept, given]);
    await work();
    return given;
  };

  const server: Server = createServer((request, response) => {
    void (async () => {
      const { method = 'GET', url = '/', headers } = request;
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      // what is handed on here is handed on as it is, not packed
      const { 'content-length': _length, 'accept-encoding': _encoding, ...rest } = headers;
      const given = await answer(method as Method, url, rest, Buffer.concat(pieces));
      response.writeHead(given.statusCode, { 'content-type': String(given.headers['content-type']) });
      response.end(given.body);
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const begin = (name: string, recording: boolean): void => {
    command = name;
    isRecording = recording;
    asked = [];
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    record: (name) => begin(name, true),
    repeat: (name) => begin(name, false),
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
