import { fractionOf, partDone } from './datasets.js';
import { chip, el, jobChip, keep, runChip, setAttribute, setChip, setHidden, setText } from './draw.js';
import { ahead, clock, count, duration, minute, moment, rate, span, wholePercent } from './figures.js';

/** Outcomes that are told apart in the list of runs; what went well is the rest. */
const TOLD = ['failed', 'quarantined', 'absent', 'fell_back', 'suspended'];
const NONE = '—';
/** Nodes below this depth are indented no further. */
const DEEPEST = 3;
const FIRES_SHOWN = 5;
const MINUTE = 60_000;

/** What a run is called: by its data, else by its job, else by what it does. */
export function nameOfRun(run, { words, titleOf, nameOfJob }) {
  if (run.dataset !== null) return titleOf(run.dataset);
  return run.job == null ? words.type[run.type] : (nameOfJob(run.job.id) ?? run.job.key);
}

/** Nodes behind the workflow that they are of, in the order in which they began; all else stays in place. */
export function nest(runs) {
  const ids = new Set(runs.map(({ id }) => id));
  const isInside = ({ node, parentRunId }) => node != null && ids.has(parentRunId);
  const withNodes = (run, depth) => [
    { run, depth },
    ...runs
      .filter((one) => isInside(one) && one.parentRunId === run.id)
      .toSorted((one, other) => one.id - other.id)
      .flatMap((one) => withNodes(one, depth + 1)),
  ];
  return runs.filter((run) => !isInside(run)).flatMap((run) => withNodes(run, 0));
}

/** Fills the card of what runs now. */
export function drawRunning(nodes, { runs, more }, reader) {
  setHidden(nodes.idle, runs.length > 0);
  setHidden(nodes.count, runs.length === 0);
  setText(nodes.count, `${runs.length}${more ? '+' : ''}`);
  keep(
    nodes.list,
    nest(runs),
    ({ run }) => run.id,
    makeRunning,
    (view, nested) => fillRunning(view, nested, reader),
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

function fillRunning(view, { run, depth }, reader) {
  const { words } = reader;
  const fraction = fractionOf(run);
  const name = nameOfRun(run, reader);
  setDepth(view.node, depth);
  setText(view.title, name);
  setText(view.days, [`#${run.id}`, ...aboutOf(run, reader)].join(' · '));
  setChip(view.state, runChip(run.state, words));
  setText(view.left, leftOf(run, fraction, words));
  setAttribute(view.bar, 'aria-label', words.progressOf(name));
  if (fraction === null) view.bar.removeAttribute('value');
  else view.bar.value = fraction;
  setText(view.figures, figuresOf(run, fraction, reader).join(' · '));
}

function leftOf({ state, progress }, fraction, words) {
  if (state !== 'running' || fraction === null) return '';
  const { etaMs, etaLowMs = null, etaHighMs = null } = progress;
  if (etaLowMs !== null && etaHighMs !== null) {
    return words.left(span(etaLowMs, etaHighMs, words.duration));
  }
  return etaMs === null ? words.reckoning : words.left(duration(etaMs, words.duration));
}

function figuresOf(run, fraction, reader) {
  const { words, language } = reader;
  const { progress } = run;
  const number = (value) => count(value, language);
  const part = partDone(run);
  const figures = [];
  const wait = waitOf(run, words);
  if (wait !== null) figures.push(wait);
  else if (part === null && run.state === 'running') figures.push(stepOf(run, reader));
  if (part !== null) {
    const done = part.unit === 'symbols' ? words.ofSymbols : words.ofItems;
    figures.push(done(number(part.done), number(part.total)));
  }
  if (fraction !== null) figures.push(wholePercent(fraction, 1));
  if (part === null) return figures;
  figures.push(words.rowCount(number(run.rowsWritten + run.rowsUnchanged)));
  if (progress.rowsPerSecond !== null) figures.push(words.perSecond(rate(progress.rowsPerSecond, language)));
  if (progress.itemsFailed > 0) figures.push(words.callsFailed(number(progress.itemsFailed)));
  const source = progress.currentSource ?? run.plan?.source;
  if (source != null) figures.push(source);
  if (progress.currentSymbol !== null) figures.push(progress.currentSymbol);
  return figures;
}

/** What a run waits for; null while it works, or was paused. */
function waitOf(run, words) {
  if (run.stop != null) return words.stopping;
  if (run.pausing === true) return words.pausing;
  if (run.state !== 'pending') return null;
  if (run.waitsForTurn === true)
    return run.group === null ? words.waitsForJob : words.waitsForGroup(run.group);
  if (run.reason === 'waits_to_retry' && run.retryAt !== null)
    return words.waitsToRetry(clock(run.retryAt), run.attempt, run.maxAttempts);
  return run.reason === 'waits_for_requirement' ? words.waitsForLists : words.queued;
}

/** The step at hand in words, as far as there are words for it: nodes and statistics name their own. */
function stepOf({ type, progress }, { words, titleOf }) {
  const { step = 'plan' } = progress;
  if (step === null) return words.starting;
  if (type === 'workflow') return words.atNode(step);
  return Object.hasOwn(words.step, step) ? words.step[step] : titleOf(step);
}

function setDepth(node, depth) {
  setAttribute(node, 'data-depth', depth === 0 ? null : String(Math.min(depth, DEEPEST)));
}

/** Fills the table of the last runs. */
export function drawRuns(nodes, runs, reader) {
  setHidden(nodes.none, runs.length > 0);
  setHidden(nodes.table, runs.length === 0);
  keep(
    nodes.rows,
    nest(runs),
    ({ run }) => run.id,
    makeRun,
    (view, nested) => fillRun(view, nested, reader),
  );
}

function makeRun({ run }) {
  const id = el('th', 'mono', [`#${run.id}`]);
  id.scope = 'row';
  const title = el('span', 'name');
  const days = el('span', 'note');
  const reason = el('p', 'note');
  const error = el('p', 'error');
  const what = el('td', 'what', [title, days, reason, error]);
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
    what,
    el('td', '', [state.node]),
    el('td', 'mono wide', [began]),
    cells.took,
    cells.symbols,
    cells.rows,
    cells.exceptions,
    cells.cause,
  ]);
  return { node, what, title, days, reason, error, state, began, cells };
}

function fillRun(view, { run, depth }, reader) {
  const { words, language } = reader;
  const number = (value) => count(value, language);
  const { symbolsDone, symbolsTotal } = run.progress;
  const began = run.startedAt ?? run.createdAt;
  const reason = reasonOf(run, words);
  setDepth(view.what, depth);
  setText(view.title, nameOfRun(run, reader));
  setText(view.days, aboutOf(run, reader).join(' · '));
  setText(view.reason, reason ?? '');
  setHidden(view.reason, reason === null);
  setText(view.error, run.error?.message ?? '');
  setHidden(view.error, run.error === null);
  setChip(view.state, runChip(run.state, words));
  setText(view.began, moment(began));
  setAttribute(view.began, 'datetime', began);
  setAttribute(view.began, 'title', `${began} · ${clock(began)} ${words.shanghaiTime}`);
  setText(view.cells.took, run.runningMs === null ? NONE : duration(run.runningMs, words.duration, true));
  setText(view.cells.symbols, symbolsTotal === 0 ? NONE : `${number(symbolsDone)} / ${number(symbolsTotal)}`);
  setText(view.cells.rows, run.plan === null && run.rowsWritten === 0 ? NONE : number(run.rowsWritten));
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

/** Why a run was over before it began. */
function reasonOf({ state, reason }, words) {
  const isOver = state === 'skipped' || state === 'missed';
  return isOver && Object.hasOwn(words.reason, reason) ? words.reason[reason] : null;
}

function causeOf({ cause, parentRunId, upstreamRunId }, words) {
  if (cause === 'requirement') return words.requirement(parentRunId);
  if (cause === 'workflow') return words.workflow(parentRunId);
  if (cause === 'after') return words.after(upstreamRunId);
  return cause === 'fire' ? words.fire : words.person;
}

/** What tells a run from others of its name: kind, job, node, days, symbols, as far as there are any. */
function aboutOf(run, { words }) {
  const about = [];
  if (run.dataset !== null && run.type !== 'sync') about.push(words.type[run.type]);
  if (run.dataset !== null && run.job != null) about.push(words.jobCalled(run.job.key));
  if (run.node != null) about.push(words.node(run.node));
  if (run.from !== null && run.to !== null)
    about.push(run.from === run.to ? run.from : words.fromTo(run.from, run.to));
  if (run.symbols !== null) about.push(words.someSymbols(run.symbols));
  return about;
}

/**
 * Fills the card of jobs: those that are in work by when they run next, what became due and did not run,
 * and the disabled ones behind their number.
 */
export function drawJobs(nodes, { kept, disabled, fires }, reader) {
  const { words, language } = reader;
  const { counts } = kept;
  const keptCount = counts.enabled + counts.paused;
  setHidden(nodes.table, kept.jobs.length === 0);
  drawJobRows(nodes.rows, kept.jobs.toSorted(bySoonest), reader);
  setHidden(nodes.none, kept.jobs.length > 0);
  setText(nodes.none, counts.disabled === 0 ? words.noJobs : words.noneEnabled);
  drawRest(nodes.more, kept, keptCount, reader);
  setHidden(nodes.folded, counts.disabled === 0);
  setText(nodes.foldedCount, words.disabledJobs(count(counts.disabled, language)));
  drawJobRows(nodes.foldedRows, disabled.jobs, reader);
  drawRest(nodes.foldedMore, disabled, counts.disabled, reader);
  const { shown, more } = gatherFires(fires);
  setHidden(nodes.fires, shown.length === 0);
  setHidden(nodes.moreFires, !more);
  keep(
    nodes.fireList,
    shown,
    (fire) => fire.key,
    makeFire,
    (view, fire) => fillFire(view, fire, reader),
  );
}

/** What did not run, a line for each job and reason, the newest first; `more` says that some was left off. */
export function gatherFires(pages) {
  const lines = new Map();
  for (const { jobId, decision, reason, scheduledFor, until, dueCount } of pages.flatMap(
    ({ fires }) => fires,
  )) {
    const key = `${jobId} ${decision} ${reason}`;
    const line = lines.get(key) ?? { key, jobId, decision, reason, from: scheduledFor, until, count: 0 };
    if (scheduledFor < line.from) line.from = scheduledFor;
    if (until > line.until) line.until = until;
    line.count += dueCount;
    lines.set(key, line);
  }
  const found = [...lines.values()].toSorted((one, other) => (one.until < other.until ? 1 : -1));
  return {
    shown: found.slice(0, FIRES_SHOWN),
    more: found.length > FIRES_SHOWN || pages.some(({ next }) => next !== null),
  };
}

function drawRest(node, { jobs, next }, all, { words, language }) {
  setHidden(node, next === null);
  setText(node, words.firstJobs(count(jobs.length, language), count(all, language)));
}

/**
 * Enabled before paused, then by the minute of the next moment, so that those which run every few seconds
 * do not change places all the time; those that wait for none come last.
 */
export function bySoonest(one, other) {
  const rank = ({ state, next }) => [
    state === 'enabled' ? 0 : 1,
    next === null ? Infinity : Math.floor(Date.parse(next.dueAt) / MINUTE),
  ];
  const [[stateA, atA], [stateB, atB]] = [rank(one), rank(other)];
  return stateA - stateB || (atA === atB ? one.id - other.id : atA - atB);
}

function drawJobRows(rows, jobs, reader) {
  keep(
    rows,
    jobs,
    (job) => job.id,
    makeJob,
    (view, job) => fillJob(view, job, reader),
  );
}

function makeJob(job) {
  const [name, state, last] = [el('span', 'name'), chip(), chip()];
  const paused = el('span', 'note narrow');
  const head = el('th', 'what', [name, el('code', 'wide', [job.key]), paused]);
  head.scope = 'row';
  const [trigger, at, left, ended] = [
    el('td', 'wide soft words'),
    el('time'),
    el('span', 'note'),
    el('time'),
  ];
  at.className = 'mono';
  ended.className = 'note wide';
  const next = el('td', 'next', [at, left]);
  const lastRun = el('td', 'next', [last.node, ended]);
  const node = el('tr', '', [head, trigger, el('td', 'wide', [state.node]), next, lastRun]);
  return { node, name, paused, trigger, state, at, left, last, ended };
}

function fillJob(view, job, reader) {
  const { words } = reader;
  const { next, lastRun } = job;
  setText(view.name, job.definition.name);
  setText(view.paused, job.state === 'paused' ? words.jobState.paused : '');
  setText(view.trigger, triggerOf(job, reader));
  setChip(view.state, jobChip(job.state, words));
  setTime(view.at, next?.dueAt ?? null);
  const ms = next === null ? 0 : Date.parse(next.dueAt) - Date.now();
  setText(
    view.left,
    next === null ? '' : ms > 0 ? words.inTime(ahead(ms, words.duration).trim()) : words.dueNow,
  );
  setHidden(view.last.node, lastRun === null);
  if (lastRun !== null) setChip(view.last, runChip(lastRun.state, words));
  setTime(
    view.ended,
    lastRun === null ? null : (lastRun.finishedAt ?? lastRun.startedAt ?? lastRun.createdAt),
  );
}

/** The trigger in words; the job that it follows is named, where it is at hand. */
function triggerOf({ words, definition }, { language, nameOfJob }) {
  const { trigger } = definition.schedule;
  const name = trigger.kind === 'after' ? nameOfJob(trigger.jobId) : undefined;
  return name === undefined ? words[language] : `${words[language]} · ${name}`;
}

function setTime(node, at) {
  setText(node, at === null ? NONE : minute(at));
  setAttribute(node, 'datetime', at);
  setAttribute(node, 'title', at);
}

function makeFire() {
  const parts = [el('b'), el('span', 'mono'), el('span', 'soft'), el('span', 'note')];
  const decision = chip();
  return { node: el('li', 'row', [decision.node, ...parts]), decision, parts };
}

function fillFire({ decision, parts: [name, at, times, reason] }, fire, { words, language, nameOfJob }) {
  setChip(decision, runChip(fire.decision, words));
  setText(name, nameOfJob(fire.jobId) ?? words.jobCalled(`#${fire.jobId}`));
  const [from, until] = [minute(fire.from), minute(fire.until)];
  setText(at, from === until ? from : words.fromTo(from, until));
  setText(times, fire.count === 1 ? '' : words.times(count(fire.count, language)));
  setText(reason, Object.hasOwn(words.reason, fire.reason) ? words.reason[fire.reason] : fire.reason);
}
