import { AppError } from '@tapekeeper/core';

/** SIGINT and SIGTERM of the process, as a signal that the work can end well by. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly asked: Promise<void>;
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/** Listens until released. The first signal asks to stop; the second one ends the process at once. */
export function listenForStop(onFirst: () => void): StopSignal {
  const controller = new AbortController();
  let told: () => void = () => {};
  const asked = new Promise<void>((resolve) => (told = resolve));
  const listeners = SIGNALS.map((name) => {
    const listener = (): void => {
      if (controller.signal.aborted) process.exit(128 + NUMBERS[name]);
      controller.abort(new AppError('interrupted'));
      onFirst();
      told();
    };
    process.on(name, listener);
    return () => process.removeListener(name, listener);
  });
  return { signal: controller.signal, asked, release: () => listeners.forEach((remove) => remove()) };
}
