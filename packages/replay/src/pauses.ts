/** Waits of a server that all end at once when it stops. */
export interface Pauses {
  /** Resolves to true after the time, or to false when the server stops. */
  wait(ms: number): Promise<boolean>;
  stop(): void;
}

export function makePauses(): Pauses {
  const waiting = new Map<NodeJS.Timeout, (elapsed: boolean) => void>();
  let stopped = false;
  return {
    wait(ms) {
      if (stopped) return Promise.resolve(false);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          resolve(true);
        }, ms);
        waiting.set(timer, resolve);
      });
    },
    stop() {
      stopped = true;
      for (const [timer, resolve] of waiting) {
        clearTimeout(timer);
        resolve(false);
      }
      waiting.clear();
    },
  };
}
