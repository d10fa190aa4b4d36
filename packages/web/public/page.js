import { createDoor } from './door.js';
import { drawDatasets, fractionOf, standingOf } from './datasets.js';
import { el, keep, setAttribute, setHidden, setText } from './draw.js';
import { bytes, clock, wholePercent } from './figures.js';
import { drawJobs, drawRunning, drawRuns, nameOfRun } from './runs.js';
import { startLanguage, storeLanguage, WORDS } from './words.js';

const BUSY_MS = 1_000;
const CALM_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
const MEBIBYTE = 1024 * 1024;

const byId = (id) => document.getElementById(id);

let language = startLanguage();
/** The last answers, and when they came. */
let seen = null;
let isLost = false;
/** Whether the server wants to know who looks. */
let isShut = false;
let timer;

/** What the drawing functions need to speak the reader's language. */
function reader() {
  const titles = new Map(seen?.datasets.map((one) => [one.dataset, one.title[language]]));
  const jobs = [seen?.jobs?.kept, seen?.jobs?.disabled].flatMap((list) => list?.jobs ?? []);
  const names = new Map(jobs.map((job) => [job.id, job.definition.name]));
  return {
    words: WORDS[language],
    language,
    titleOf: (dataset) => titles.get(dataset) ?? dataset,
    nameOfJob: (id) => names.get(id),
  };
}

async function ask(path, method = 'GET', body) {
  const response = await fetch(path, {
    method,
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => null);
  const texts = problem === null ? undefined : { en: problem.detail, zh: problem.detailZh };
  throw Object.assign(new Error(`${path} answered ${response.status}`), { status: response.status, texts });
}

const door = createDoor(
  {
    card: byId('door'),
    form: byId('door-form'),
    title: byId('door-title'),
    code: byId('door-code'),
    name: byId('door-name'),
    password: byId('door-password'),
    send: byId('door-send'),
    problem: byId('door-problem'),
    who: byId('who'),
    enter: byId('enter'),
    leave: byId('leave'),
  },
  {
    words: () => WORDS[language],
    ask: (method, path, body) => ask(path, method, body),
    onChange: () => void turn(),
  },
);

async function read() {
  const [coverage, recent, open, status, jobs] = await Promise.all([
    ask('/v1/coverage'),
    ask('/v1/runs?limit=10'),
    ask('/v1/runs?state=pending,running,paused&limit=20'),
    ask('/v1/status'),
    readJobs(isLost ? undefined : seen?.jobs),
  ]);
  return {
    datasets: coverage.datasets,
    recent: recent.runs,
    open: open.runs,
    hasMore: open.next !== null,
    status,
    jobs,
    at: Date.now(),
  };
}

/**
 * Jobs change slowly and are not asked for as often as runs. Null with an older server that knows none,
 * which is not asked again until it has been away.
 */
async function readJobs(known) {
  if (known === null || (known !== undefined && Date.now() - known.at < CALM_MS - BUSY_MS)) return known;
  const since = new Date(Date.now() - DAY_MS).toISOString();
  const askFires = (decision) => ask(`/v1/fires?decision=${decision}&from=${since}&limit=100`);
  try {
    const [kept, disabled, ...fires] = await Promise.all([
      ask('/v1/jobs?state=enabled,paused&limit=50'),
      ask('/v1/jobs?state=disabled&limit=50'),
      askFires('missed'),
      askFires('skipped'),
    ]);
    return { kept, disabled, fires, at: Date.now() };
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** Asks, draws, and asks again: every second while something runs, else every five. Never gives up. */
async function turn() {
  clearTimeout(timer);
  try {
    seen = await read();
    isLost = false;
    isShut = false;
  } catch (error) {
    isShut = error.status === 401;
    isLost = !isShut;
    if (isShut) {
      seen = null;
      door.require();
    }
  }
  draw();
  // who has not come in is not asked about again until they have
  if (!document.hidden && !isShut)
    timer = setTimeout(
      () => void turn(),
      seen !== null && !isLost && seen.open.length > 0 ? BUSY_MS : CALM_MS,
    );
}

function draw() {
  const { words } = reader();
  document.body.classList.toggle('shut', isShut);
  door.draw();
  drawHead(words);
  if (seen === null) return;
  const standings = seen.datasets.map((dataset) => ({ dataset, ...standingOf(dataset, seen.open) }));
  if (!isLost) setText(byId('sentence'), sentenceOf(standings, words));
  drawHint(standings, words);
  drawDatasets(
    { rows: byId('datasets'), gaps: byId('gaps'), gapsCard: byId('gaps-card') },
    { datasets: seen.datasets, open: seen.open },
    reader(),
  );
  drawRunning(
    { list: byId('running'), idle: byId('idle'), count: byId('running-count') },
    { runs: seen.open, more: seen.hasMore },
    reader(),
  );
  drawJobsCard();
  drawRuns({ rows: byId('runs'), table: byId('runs-table'), none: byId('no-runs') }, seen.recent, reader());
  drawSystem(words);
}

function drawJobsCard() {
  setHidden(byId('jobs-card'), seen.jobs === null);
  if (seen.jobs === null) return;
  drawJobs(
    {
      table: byId('jobs-table'),
      rows: byId('jobs'),
      none: byId('no-jobs'),
      more: byId('more-jobs'),
      folded: byId('disabled'),
      foldedCount: byId('disabled-count'),
      foldedRows: byId('disabled-jobs'),
      foldedMore: byId('more-disabled'),
      fires: byId('fires-box'),
      fireList: byId('fires'),
      moreFires: byId('more-fires'),
    },
    seen.jobs,
    reader(),
  );
}

function drawHead(words) {
  const time = seen === null ? '' : clock(seen.at);
  const live = byId('live');
  document.body.classList.toggle('lost', isLost);
  live.className = isLost ? 'live lost' : seen === null ? 'live' : 'live on';
  const without = isShut ? words.shut : words.connecting;
  const lostText = seen === null ? words.connecting : words.lost(time);
  setText(byId('live-text'), isLost ? lostText : seen === null ? without : words.live(time));
  if (isLost) setText(byId('sentence'), seen === null ? words.unreachable : words.unreachableSince(time));
  else if (seen === null) setText(byId('sentence'), words.loading);
  const mode = byId('mode');
  setHidden(mode, seen?.status.mode !== 'replay');
  setText(mode, words.replay);
  setAttribute(mode, 'title', words.replayNote);
  setText(byId('market'), seen === null ? '' : words.marketDay(seen.status.marketDay));
  document.title = titleOf();
}

/** The tab says how far the newest run is. */
function titleOf() {
  const run = isLost ? undefined : seen?.open.find((one) => fractionOf(one) !== null);
  if (run === undefined) return 'tapekeeper';
  return `(${wholePercent(fractionOf(run), 1)}) ${nameOfRun(run, reader())} · tapekeeper`;
}

/** The exceptions first, the worst of them first; what is fine is only counted. */
function sentenceOf(standings, words) {
  const namesOf = (...found) =>
    standings.filter((one) => found.includes(one.word)).map(({ dataset }) => dataset.title[language]);
  const never = namesOf('never');
  if (never.length === standings.length) return words.nothingYet;
  const fine = standings.filter((one) => one.word === 'fine');
  if (fine.length === standings.length) {
    const days = fine.map(({ dataset }) => dataset.newestCompleteDay).filter((day) => day !== null);
    return words.allFine(fine.length, days.toSorted()[0] ?? null);
  }
  const parts = [
    [words.failedOnes, namesOf('failed')],
    [words.gapOnes, namesOf('gaps')],
    [words.behindOnes, namesOf('behind')],
    [words.staleOnes, namesOf('stale')],
    [words.runningOnes, namesOf('running')],
    [words.neverOnes, namesOf('never', 'beside')],
  ].flatMap(([say, names]) => (names.length > 0 ? [say(names)] : []));
  if (fine.length > 0) parts.push(words.restFine(fine.length));
  return words.join(parts);
}

function drawHint(standings, words) {
  const hint = byId('hint');
  const isEmpty = standings.every((one) => one.word === 'never');
  setHidden(hint, !isEmpty);
  if (isEmpty && hint.dataset.language !== language) {
    hint.replaceChildren(words.nothingHint, ' ', el('code', '', ['tapekeeper sync daily_bars']));
    hint.dataset.language = language;
  }
}

function drawSystem(words) {
  const { version, sources, databaseBytes, freeMegabytes } = seen.status;
  const system = [words.version(version), words.databaseSize(bytes(databaseBytes))];
  if (freeMegabytes !== null) system.push(words.freeSpace(bytes(freeMegabytes * MEBIBYTE)));
  setText(byId('system'), system.join(' · '));
  keep(
    byId('sources'),
    sources,
    (one) => one.source,
    () => {
      const parts = [el('b'), el('span', 'note'), el('span', 'refused')];
      return { node: el('li', '', parts), parts };
    },
    ({ parts: [name, serves, refused] }, one) => {
      setText(name, one.source);
      setText(serves, words.serves(one.datasets.length));
      setText(refused, one.refused.length === 0 ? '' : words.refuses(one.refused.join(', ')));
    },
  );
}

/** Texts that stand in the page itself. */
function speak() {
  const { words } = reader();
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const node of document.querySelectorAll('[data-text]')) setText(node, words[node.dataset.text]);
  const button = byId('language');
  setText(button, words.other);
  setAttribute(button, 'aria-label', words.otherLabel);
  setAttribute(button, 'lang', language === 'zh' ? 'en' : 'zh-CN');
}

byId('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  storeLanguage(language);
  speak();
  draw();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void turn();
});

speak();
draw();
door.look().catch(() => {});
void turn();
