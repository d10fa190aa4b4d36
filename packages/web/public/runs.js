import { partDone } from './datasets.js';
import { chip, el, keep, setAttribute, setChip, setHidden, setText } from './draw.js';
import { clock, count, duration, moment, rate, wholePercent } from './figures.js';

const STATES = {
  pending: { tone: 'idle', icon: 'idle' },
  running: { tone: 'run', icon: 'run' },
  paused: { tone: 'idle', icon: 'pause' },
  success: { tone: 'ok', icon: 'ok' },
  success_with_errors: { tone: 'warn', icon: 'warn' },
  failed: { tone: 'bad', icon: 'bad' },
  cancelled: { tone: 'idle', icon: 'stop' },
  skipped: { tone: 'idle', icon: 'never' },
  missed: { tone: 'warn', icon: 'late' },
};

/** Outcomes that are told apart in the list of runs; what went well is the rest. */
const TOLD = ['failed', 'quarantined', 'absent', 'fell_back', 'suspended'];
const NONE = '—';

function stateOf(run, words) {
  return { ...STATES[run.state], text: words.runState[run.state] };
}

/** Fills the card of what runs now. */
export function drawRunning(nodes, runs, reader) {
  setHidden(nodes.idle, runs.length > 0);
  setHidden(nodes.count, runs.length === 0);
  setText(nodes.count, String(runs.length));
  keep(
    nodes.list,
    runs,
    (run) => run.id,
    makeRunning,
    (view, run) => fillRunning(view, run, reader),
  );
}

function makeRunning() {
  const title = el('b');
  const days = el('span', 'note');
  const state = chip();
  const left = el('span', 'soft');
  const bar = el('progress');
  const figures = el('p', 'note figures');
  const head = el('div', 'row', [title, state.node, days, el('span', 'space'), left]);
  return { node: el('div', 'running', [head, bar, figures]), title, days, state, left, bar, figures };
}

function fillRunning(view, run, reader) {
  const { words, language } = reader;
  const { progress } = run;
  const part = partDone(run);
  setText(view.title, reader.titleOf(run.dataset));
  setText(view.days, `#${run.id} · ${daysOf(run, words)}`);
  setChip(view.state, stateOf(run, words));
  setText(
    view.left,
    part === null
      ? ''
      : progress.etaMs === null
        ? words.reckoning
        : words.left(duration(progress.etaMs, words.duration)),
  );
  setAttribute(view.bar, 'aria-label', words.progressOf(reader.titleOf(run.dataset)));
  if (part === null) {
    view.bar.removeAttribute('value');
  } else {
    view.bar.max = part.total;
    view.bar.value = part.done;
  }
  setText(view.figures, figuresOf(run, part, words, language).join(' · '));
}

function figuresOf(run, part, words, language) {
  const { progress } = run;
  if (part === null) return [waitOf(run, words)];
  const number = (value) => count(value, language);
  const done = part.unit === 'symbols' ? words.ofSymbols : words.ofItems;
  const figures = [done(number(part.done), number(part.total)), wholePercent(part.done, part.total)];
  figures.push(words.rowCount(number(run.rowsWritten + run.rowsUnchanged)));
  if (progress.rowsPerSecond !== null) figures.push(words.perSecond(rate(progress.rowsPerSecond, language)));
  if (progress.itemsFailed > 0) figures.push(words.callsFailed(number(progress.itemsFailed)));
  const source = progress.currentSource ?? run.plan?.source;
  if (source != null) figures.push(source);
  if (progress.currentSymbol !== null) figures.push(progress.currentSymbol);
  return figures;
}

function waitOf(run, words) {
  if (run.reason === 'waits_for_requirement') return words.waitsForLists;
  return run.state === 'running' ? words.planning : words.queued;
}

/** Fills the table of the last runs. */
export function drawRuns(nodes, runs, reader) {
  setHidden(nodes.none, runs.length > 0);
  setHidden(nodes.table, runs.length === 0);
  keep(
    nodes.rows,
    runs,
    (run) => run.id,
    makeRun,
    (view, run) => fillRun(view, run, reader),
  );
}

function makeRun(run) {
  const id = el('th', 'mono', [`#${run.id}`]);
  id.scope = 'row';
  const title = el('span', 'name');
  const days = el('span', 'note');
  const error = el('p', 'error');
  const state = chip();
  const began = el('time');
  const cells = {
    took: el('td', 'figure'),
    symbols: el('td', 'figure wide'),
    rows: el('td', 'figure wide'),
    exceptions: el('td', 'wide soft told'),
    cause: el('td', 'wide soft'),
  };
  const node = el('tr', '', [
    id,
    el('td', 'what', [title, days, error]),
    el('td', '', [state.node]),
    el('td', 'mono wide', [began]),
    cells.took,
    cells.symbols,
    cells.rows,
    cells.exceptions,
    cells.cause,
  ]);
  return { node, title, days, error, state, began, cells };
}

function fillRun(view, run, reader) {
  const { words, language } = reader;
  const number = (value) => count(value, language);
  const { symbolsDone, symbolsTotal } = run.progress;
  const began = run.startedAt ?? run.createdAt;
  setText(view.title, reader.titleOf(run.dataset));
  setText(view.days, daysOf(run, words));
  setText(view.error, run.error?.message ?? '');
  setHidden(view.error, run.error === null);
  setChip(view.state, stateOf(run, words));
  setText(view.began, moment(began));
  setAttribute(view.began, 'datetime', began);
  setAttribute(view.began, 'title', `${began} · ${clock(began)} ${words.shanghaiTime}`);
  setText(view.cells.took, run.runningMs === null ? NONE : duration(run.runningMs, words.duration, true));
  setText(view.cells.symbols, symbolsTotal === 0 ? NONE : `${number(symbolsDone)} / ${number(symbolsTotal)}`);
  setText(view.cells.rows, number(run.rowsWritten));
  setText(view.cells.exceptions, exceptionsOf(run, words, number) || NONE);
  setText(view.cells.cause, causeOf(run, words));
}

function exceptionsOf(run, words, number) {
  const told = TOLD.filter((outcome) => (run.outcomes[outcome] ?? 0) > 0).map((outcome) =>
    words.outcome[outcome](number(run.outcomes[outcome])),
  );
  if (run.progress.itemsFailed > 0) told.unshift(words.callsFailed(number(run.progress.itemsFailed)));
  if (run.rowsUnchanged > 0) told.push(words.unchangedRows(number(run.rowsUnchanged)));
  return told.join(' · ');
}

function causeOf(run, words) {
  if (run.cause === 'requirement') return words.requirement(run.parentRunId);
  return run.cause === 'fire' ? words.fire : words.person;
}

function daysOf(run, words) {
  const days = run.from === run.to ? run.from : words.fromTo(run.from, run.to);
  return run.symbols === null ? days : `${days} · ${words.someSymbols(run.symbols)}`;
}
