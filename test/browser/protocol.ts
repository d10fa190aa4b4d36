/** The DevTools protocol of Chromium over a WebSocket, as far as the tests need it. */

export type Fields = Readonly<Record<string, unknown>>;

/** One page. */
export interface Session {
  /** Rejects with what the browser says is wrong. */
  send(method: string, params?: Fields): Promise<Fields>;
  on(method: string, listener: (params: Fields) => void): void;
}

export interface Protocol extends Session {
  session(id: string): Session;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

interface Waiting {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: Error) => void;
}

export async function openProtocol(address: string): Promise<Protocol> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, ((params: Fields) => void)[]>();
  let lastId = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error === undefined) asked?.resolve(message.result ?? {});
      else asked?.reject(new Error(message.error.message));
      return;
    }
    const key = `${message.sessionId ?? ''} ${message.method ?? ''}`;
    for (const listener of listeners.get(key) ?? []) listener(message.params ?? {});
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser has gone'));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`nothing listens at ${address}`)));
  });

  const session = (sessionId?: string): Session => ({
    send(method, params = {}) {
      const id = ++lastId;
      socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    on(method, listener) {
      const key = `${sessionId ?? ''} ${method}`;
      listeners.set(key, [...(listeners.get(key) ?? []), listener]);
    },
  });
  return { ...session(), session, close: () => socket.close() };
}
