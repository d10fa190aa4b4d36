/** How often something has happened in a row, by kind and key, over all questions of one source. */
export interface Streaks {
  /** Counts one more, and says how many that is. */
  count(kind: 'closed' | 'empty', key: string): number;
  end(kind: 'closed' | 'empty', key: string): void;
}

export function createStreaks(): Streaks {
  const counts = new Map<string, number>();
  return {
    count(kind, key) {
      const next = (counts.get(`${kind} ${key}`) ?? 0) + 1;
      counts.set(`${kind} ${key}`, next);
      return next;
    },
    end(kind, key) {
      counts.delete(`${kind} ${key}`);
    },
  };
}
