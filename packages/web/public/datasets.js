import { chip, el, keep, setAttribute, setChip, setHidden, setText } from './draw.js';
import { count, moment, percent, wholePercent } from './figures.js';

/** A list older than this is fetched again before it is needed. */
const STALE_MS = 7 * 24 * 3_600_000;
const SYMBOLS_SHOWN = 6;

/**
 * How a data set stands, in one word: `running`, `never`, `beside`, `failed`, `behind`, `gaps`, `stale` or
 * `fine`. What runs now will change the figures, so it comes first; `beside` is never asked for, with rows
 * that came beside those of other data sets.
 */
export function standingOf(dataset, open) {
  const run = open.find((one) => one.dataset === dataset.dataset && isCollecting(one));
  if (run !== undefined) return { word: 'running', run };
  const hasFailed = dataset.lastRun?.state === 'failed';
  return isGrid(dataset) ? gridStanding(dataset, hasFailed) : listStanding(dataset, hasFailed);
}

/** What compares or exports collects nothing, and what waits for its turn may do so for hours. */
function isCollecting({ type = 'sync', waitsForTurn = false }) {
  return (type === 'sync' || type === 'repair') && !waitsForTurn;
}

/** Data sets that are judged cell by cell: of the others only the freshness is known. */
function isGrid({ kind, cells }) {
  return kind === 'grid' || kind === 'period' || cells !== null;
}

function gridStanding({ cells, lastRun, recent }, hasFailed) {
  if (cells === null) return { word: hasFailed ? 'failed' : 'never' };
  if (cells.gaps === 0) return { word: 'fine' };
  if (hasFailed) return { word: 'failed' };
  if (lastRun === null) return { word: 'beside' };
  const days = emptyDays(recent);
  return days > 0 ? { word: 'behind', days, isLong: days === recent.length } : { word: 'gaps' };
}

function listStanding({ freshAsOf }, hasFailed) {
  if (hasFailed) return { word: 'failed' };
  if (freshAsOf === null) return { word: 'never' };
  return { word: Date.now() - Date.parse(freshAsOf) > STALE_MS ? 'stale' : 'fine' };
}

/** Newest trading days of which nothing is there. */
function emptyDays(recent) {
  const lastKnown = recent.findLastIndex((day) => day.gaps < day.expected);
  return recent.length - 1 - lastKnown;
}

/** What is counted of a run: symbols, else calls; null where nothing can be counted, or not yet. */
export function partDone({ progress }) {
  const { symbolsTotal, symbolsDone, itemsTotal, itemsDone, itemsFailed } = progress;
  if (symbolsTotal > 0)
    return { done: Math.min(symbolsDone, symbolsTotal), total: symbolsTotal, unit: 'symbols' };
  if (itemsTotal > 0) return { done: itemsDone + itemsFailed, total: itemsTotal, unit: 'items' };
  return null;
}

/** How much of a run is over, from 0 to 1; null while that is nothing. Older servers only count. */
export function fractionOf(run) {
  const { fraction = 0 } = run.progress;
  if (fraction > 0) return fraction;
  const part = partDone(run);
  return part === null ? null : part.done / part.total;
}

const CHIPS = {
  never: { tone: 'idle', icon: 'never' },
  beside: { tone: 'idle', icon: 'never' },
  running: { tone: 'run', icon: 'run' },
  failed: { tone: 'bad', icon: 'bad' },
  behind: { tone: 'warn', icon: 'late' },
  gaps: { tone: 'warn', icon: 'gaps' },
  stale: { tone: 'warn', icon: 'late' },
  fine: { tone: 'ok', icon: 'ok' },
};

function chipOf(dataset, standing, { words }) {
  const text = {
    never: () => words.isNever,
    beside: () => words.isBeside,
    running: () => {
      const fraction = fractionOf(standing.run);
      return words.isRunning(fraction === null ? null : wholePercent(fraction, 1));
    },
    failed: () => words.isFailed,
    behind: () => (standing.isLong ? words.isBehindLong(standing.days) : words.isBehind(standing.days)),
    gaps: () => words.isGaps,
    stale: () => words.isStale,
    fine: () => (isGrid(dataset) ? words.isComplete : words.isFresh),
  };
  return { ...CHIPS[standing.word], text: text[standing.word]() };
}

/** Fills the table of data sets and the card of their gaps. */
export function drawDatasets(nodes, { datasets, open }, reader) {
  keep(
    nodes.rows,
    datasets,
    (dataset) => dataset.dataset,
    makeRow,
    (row, dataset) => fillRow(row, dataset, standingOf(dataset, open), reader),
  );
  const isSettled = (dataset) => !['running', 'beside'].includes(standingOf(dataset, open).word);
  const lacking = datasets.filter((dataset) => dataset.worst.length > 0 && isSettled(dataset));
  setHidden(nodes.gapsCard, lacking.length === 0);
  keep(
    nodes.gaps,
    lacking,
    (dataset) => dataset.dataset,
    makeGaps,
    (view, dataset) => fillGaps(view, dataset, reader),
  );
}

function makeRow(dataset) {
  const title = el('span', 'name');
  const name = el('th', '', [title, el('code', 'wide', [dataset.dataset])]);
  name.scope = 'row';
  const state = chip();
  const strip = el('span', 'strip');
  strip.setAttribute('role', 'img');
  const cells = {
    newest: el('td', 'mono'),
    complete: el('td', 'figure wide'),
    covered: el('td', 'figure wide'),
    gaps: el('td', 'figure'),
    absent: el('td', 'figure wide'),
    suspended: el('td', 'figure wide'),
    rows: el('td', 'figure wide'),
  };
  const node = el('tr', '', [
    name,
    el('td', '', [state.node]),
    cells.newest,
    el('td', 'wide', [strip]),
    cells.complete,
    cells.covered,
    cells.gaps,
    cells.absent,
    cells.suspended,
    cells.rows,
  ]);
  return { node, title, state, strip, cells };
}

const NONE = '—';

function fillRow(row, dataset, standing, reader) {
  const { words, language } = reader;
  const { cells: counts } = dataset;
  const number = (value) => count(value, language);
  setText(row.title, dataset.title[language]);
  setChip(row.state, chipOf(dataset, standing, reader));
  setText(row.cells.newest, newestOf(dataset, words));
  setText(row.cells.complete, counts === null ? NONE : completeness(counts));
  setText(
    row.cells.covered,
    counts === null ? NONE : `${number(counts.covered)} / ${number(counts.expected)}`,
  );
  setText(row.cells.gaps, counts === null ? NONE : number(counts.gaps));
  setText(row.cells.absent, counts === null ? NONE : number(counts.absent));
  setText(row.cells.suspended, counts === null ? NONE : number(counts.suspended));
  setText(row.cells.rows, dataset.estimatedRows === 0 ? NONE : number(dataset.estimatedRows));
  row.cells.gaps.classList.toggle(
    'attention',
    counts !== null && counts.gaps > 0 && standing.word !== 'beside',
  );
  fillStrip(row.strip, dataset.recent, words);
}

/** What is explained counts as complete: nothing can be done about it. */
function completeness({ expected, gaps }) {
  return expected === 0 ? NONE : percent(expected - gaps, expected);
}

function newestOf(dataset, words) {
  if (isGrid(dataset)) return dataset.newestCompleteDay ?? NONE;
  if (dataset.freshAsOf === null) return NONE;
  return dataset.throughDay === null
    ? words.asOf(moment(dataset.freshAsOf))
    : words.through(dataset.throughDay);
}

function fillStrip(strip, recent, words) {
  const full = recent.filter((day) => day.gaps === 0).length;
  setAttribute(strip, 'aria-label', recent.length === 0 ? null : words.stripLabel(full, recent.length));
  setHidden(strip, recent.length === 0);
  keep(
    strip,
    recent,
    (day) => day.day,
    () => ({ node: el('i') }),
    ({ node }, { day, expected, gaps }) => {
      const className = gaps === 0 ? 'full' : gaps < expected ? 'part' : 'none';
      if (node.className !== className) node.className = className;
      setAttribute(
        node,
        'title',
        gaps === 0 ? words.dayFull(day, expected) : words.dayLacks(day, gaps, expected),
      );
    },
  );
}

function makeGaps() {
  const title = el('b');
  const total = el('span', 'note');
  const list = el('ul', 'plain');
  return { node: el('div', 'lacking', [el('p', '', [title, ' ', total]), list]), title, total, list };
}

function fillGaps(view, dataset, { words, language }) {
  setText(view.title, dataset.title[language]);
  setText(view.total, words.gapsOf(count(dataset.symbolsWithGaps, language)));
  keep(
    view.list,
    dataset.worst.slice(0, SYMBOLS_SHOWN),
    (one) => one.symbol,
    () => {
      const parts = [el('span', 'mono'), el('span', 'attention'), el('span', 'note')];
      return { node: el('li', '', parts), parts };
    },
    ({ parts: [symbol, gaps, days] }, one) => {
      setText(symbol, one.symbol);
      setText(gaps, count(one.gaps, language));
      setText(days, one.first === one.last ? words.oneDay(one.first) : words.fromTo(one.first, one.last));
    },
  );
}
