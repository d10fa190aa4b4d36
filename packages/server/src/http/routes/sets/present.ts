import type { SetReport, SymbolSet } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { SetReport as SetReportOfApp } from '../../../app/symbolSets/symbolSets.ts';
import type { SymbolSet as StoredSet } from '../../../ports/symbolSetStore.ts';

export function presentSet(set: StoredSet): SymbolSet {
  const { name, title, rule, version, members, createdAt, createdBy, updatedAt, updatedBy } = set;
  return {
    name,
    title,
    rule,
    version,
    members,
    createdAt: isoInstant(createdAt),
    createdBy,
    updatedAt: isoInstant(updatedAt),
    updatedBy,
  };
}

export function presentReport({ set, added, removed, notes }: SetReportOfApp): SetReport {
  return { set: presentSet(set), added, removed, notes: [...notes] };
}
