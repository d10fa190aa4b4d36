import type { Answer } from '../../ports/source.ts';
import { unreadableRow } from '../rowCollector.ts';

/** Records of one answer that cannot be read, each once. */
export interface SetAside {
  /** Sets a record aside; false for one that came before. */
  set(reason: string, record: readonly string[]): boolean;
  readonly entries: Answer['unreadable'];
}

export function createSetAside(): SetAside {
  const entries = new Map<string, Answer['unreadable'][number]>();
  return {
    set(reason, record) {
      const entry = unreadableRow(`baostock: ${reason}`, record);
      if (entries.has(entry.raw)) return false;
      entries.set(entry.raw, entry);
      return true;
    },
    get entries() {
      return [...entries.values()];
    },
  };
}
