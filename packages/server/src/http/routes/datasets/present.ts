import type { CatalogueEntry } from '@tapekeeper/contract';
import { cellsOf, DATASETS, type DatasetId, type SourceId } from '@tapekeeper/core';

export function presentDataset(id: DatasetId, sources: readonly SourceId[]): CatalogueEntry {
  const { title, kind, cells, columns, key, firstDay, finality, requires, derivedFrom } = DATASETS[id];
  const isCollected = derivedFrom === undefined;
  return {
    dataset: id,
    title: { ...title },
    kind,
    cells: cells === null ? null : { ...cells },
    columns: columns.map(({ name, type, unit, decimals, nullable, about }) => ({
      name,
      type,
      unit,
      decimals: decimals ?? null,
      nullable: nullable ?? false,
      about,
    })),
    key: [...key],
    firstDay,
    finality: { ...finality },
    requires: requires.map((one) => ({ ...one })),
    derivedFrom: derivedFrom ?? null,
    sources: [...sources],
    links: {
      data: `/v1/data/${id}`,
      coverage: isCollected ? `/v1/coverage?dataset=${id}` : null,
      gaps: cellsOf(id) === undefined ? null : `/v1/gaps?dataset=${id}`,
    },
  };
}
