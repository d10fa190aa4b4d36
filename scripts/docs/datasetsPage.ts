import {
  DATASET_IDS,
  DATASETS,
  QUALITY_RULES,
  SOURCES,
  type Capability,
  type Column,
  type CoverageKind,
  type DatasetId,
  type Rule,
  type SourceId,
} from '../../packages/core/src/index.ts';
import { akshareCapabilities } from '../../packages/server/src/sources/akshare/capabilities.ts';
import { CLIST_PAGE_ROWS } from '../../packages/server/src/sources/akshare/eastmoney/clist.ts';
import { BAOSTOCK_CAPABILITIES } from '../../packages/server/src/sources/baostock/capabilities.ts';
import { TUSHARE_CAPABILITIES } from '../../packages/server/src/sources/tushare/apis.ts';
import { code, list, page, table } from './markdown.ts';

/** What each source in use can give; a test finds a source that is missing here. */
export const CAPABILITIES: Readonly<Partial<Record<SourceId, readonly Capability[]>>> = {
  tushare: TUSHARE_CAPABILITIES,
  akshare: akshareCapabilities(CLIST_PAGE_ROWS),
  baostock: BAOSTOCK_CAPABILITIES,
};

const COMPLETE: Readonly<Record<CoverageKind, string>> = {
  grid: 'Complete when each symbol has a row for each trading day on which it is listed and not suspended.',
  calendar: 'Complete when each day up to the last one announced is there.',
  snapshot: 'Complete when it is fresh: it has no days of its own.',
  intraday: 'Complete when each slot of the sessions asked for is there.',
  period: 'Complete when each symbol has what is due for each quarter.',
  stream: 'Never complete, only fresh: read up to a day, and read again for some days before it.',
};

const SHAPES = {
  day: 'whole market of a day',
  symbol: 'one symbol over days',
  all: 'the whole table',
} as const;

/** `docs/reference/datasets.md`: each table with its columns, who fills them, and what its rows must be. */
export function datasetsPage(): string {
  return page('Data sets', [
    'Each data set is a table in the schema `market`. Beside the columns given here every row has `source`, `run_id` and\n' +
      '`known_at`: who gave it, in which run, and since when it has been believed. Former values are kept in\n' +
      '`tapekeeper.revision`. Decimals are those that carry meaning; a column without a source here stays empty.',
    'Rules that the rows of each of them must pass (`refuse` keeps a row in quarantine, `flag` lets it in and says so):',
    ruleList(SHARED_RULES),
    ...DATASET_IDS.flatMap(datasetBlocks),
  ]);
}

const SHARED_RULES: readonly Rule[] = QUALITY_RULES[DATASET_IDS[0] ?? 'daily_bars'].filter(({ id }) =>
  DATASET_IDS.every((dataset) => QUALITY_RULES[dataset].some((rule) => rule.id === id)),
);

function ruleList(rules: readonly Rule[]): string {
  return list(rules.map((rule) => `${code(rule.id)} (${rule.action}): ${rule.text.en}; ${rule.text.zh}`));
}

function datasetBlocks(id: DatasetId): readonly string[] {
  const { title, columns, key, kind, derivedFrom } = DATASETS[id];
  if (derivedFrom !== undefined) return derivedBlocks(id, derivedFrom);
  return [
    `## ${id}`,
    `${title.en} (${title.zh}). ${COMPLETE[kind]}`,
    list([`key: ${key.map(code).join(', ')}`, ...finality(id), ...requires(id)]),
    table(
      ['column', 'type', 'unit', 'decimals', 'may be empty', 'given by', 'meaning'],
      columns.map((column) => columnRow(id, column)),
    ),
    'Sources:',
    table(['source', 'interface', 'asked for', 'rows a page', 'exchanges', 'brings along'], sourceRows(id)),
    ...ownRules(id),
  ];
}

function ownRules(id: DatasetId): readonly string[] {
  const own = QUALITY_RULES[id].filter((rule) => !SHARED_RULES.includes(rule));
  return own.length === 0 ? [] : ['Rules of its own:', ruleList(own)];
}

/** A data set without a table: what it is computed from, and its columns. */
function derivedBlocks(id: DatasetId, base: DatasetId): readonly string[] {
  const { title, columns } = DATASETS[id];
  return [
    `## ${id}`,
    `${title.en} (${title.zh}). Computed from ${code(base)} when it is read, so that it is as complete and as new as that; ` +
      'the bars of a source are only compared with it.',
    table(
      ['column', 'type', 'unit', 'decimals', 'may be empty', 'meaning'],
      columns.map(({ name, type, unit, decimals, nullable, about }) => [
        code(name),
        type,
        unit,
        decimals === undefined ? '' : String(decimals),
        nullable ? 'yes' : '',
        about,
      ]),
    ),
  ];
}

function finality(id: DatasetId): readonly string[] {
  const {
    kind,
    cells,
    finality: { finalFromMinutes, settleDays },
  } = DATASETS[id];
  if (kind === 'stream') return [`each day is read again for ${settleDays} days after it`];
  if (cells === null) return [];
  if (cells.scale === 'quarters')
    return ['due at the disclosure deadline of its quarter; asked once more a quarter later'];
  const time = [Math.floor(finalFromMinutes / 60), finalFromMinutes % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return [`final from ${time} in Shanghai; corrections are expected for ${settleDays} trading days`];
}

function requires(id: DatasetId): readonly string[] {
  const lists = DATASETS[id].requires.map(
    ({ dataset, maxAgeDays }) => `${code(dataset)} of the last ${maxAgeDays} days`,
  );
  return lists.length === 0 ? [] : [`requires ${lists.join(' and ')}, which a run refreshes first`];
}

function columnRow(
  id: DatasetId,
  { name, type, unit, decimals, nullable, about }: Column,
): readonly string[] {
  const givers = sourcesOf(id)
    .filter(({ capability }) => capability.columns.includes(name))
    .map(({ source }) => source);
  return [
    code(name),
    type,
    unit,
    decimals === undefined ? '' : String(decimals),
    nullable ? 'yes' : '',
    givers.join(', '),
    about,
  ];
}

function sourceRows(id: DatasetId): readonly (readonly string[])[] {
  return sourcesOf(id).map(({ source, capability }) => [
    source,
    code(capability.api),
    capability.shapes.map((shape) => SHAPES[shape]).join(', or '),
    String(capability.pageRows),
    capability.exchanges.join(' '),
    capability.byproducts.map(code).join(', '),
  ]);
}

function sourcesOf(id: DatasetId): readonly { source: SourceId; capability: Capability }[] {
  return SOURCES.flatMap((source) => {
    const capability = CAPABILITIES[source]?.find((one) => one.dataset === id);
    return capability === undefined ? [] : [{ source, capability }];
  });
}
