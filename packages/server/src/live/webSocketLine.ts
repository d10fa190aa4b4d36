import { LIVE_CLOSE } from '@tapekeeper/contract';
import { WebSocket } from 'ws';
import type { LiveEnd, LiveLine, LiveMessage } from '../ports/liveGateway.ts';

const CLOSE_CODES: Readonly<Record<LiveEnd, number>> = {
  void_proof: LIVE_CLOSE.unproved,
  too_slow: LIVE_CLOSE.tooSlow,
  restart: LIVE_CLOSE.restart,
};

/** Messages go to many: their bytes are made once. */
const encoded = new WeakMap<LiveMessage, Buffer>();

/** The way to a client over a WebSocket. */
export function webSocketLine(socket: WebSocket): LiveLine {
  return {
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(bytesOf(message), { binary: false });
    },
    bufferedBytes: () => socket.bufferedAmount,
    close: (end) => socket.close(CLOSE_CODES[end], end),
  };
}

function bytesOf(message: LiveMessage): Buffer {
  const known = encoded.get(message);
  if (known !== undefined) return known;
  const bytes = Buffer.from(message.json);
  encoded.set(message, bytes);
  return bytes;
}
