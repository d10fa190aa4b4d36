import type { Permission } from '../access/permission.ts';

/** What is told of: a kind, and what readers find it by. Ids, states and counters; never secrets. */
export interface LiveFact {
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How the payload of a kind is turned into topics of single things: the field, and the word before its value. */
type Places = Readonly<Record<string, string>>;

interface Kind {
  /** Topic of everything of the kind. */
  readonly list: string;
  readonly places: Places;
}

const OF_RUN: Places = { runId: 'run', jobId: 'job', dataset: 'dataset' };

/**
 * The kinds of events, and the topics that each belongs to. What is not in here is told to nobody, so that a
 * new kind cannot leak before somebody has said who may read it.
 */
export const LIVE_KINDS: Readonly<Record<string, Kind>> = Object.freeze({
  run: { list: 'runs', places: { ...OF_RUN, parentRunId: 'run' } },
  step: { list: 'progress', places: OF_RUN },
  progress: { list: 'progress', places: OF_RUN },
  fire: { list: 'fires', places: { jobId: 'job', runId: 'run' } },
  job: { list: 'jobs', places: { jobId: 'job' } },
  coverage: { list: 'coverage', places: { dataset: 'dataset' } },
  quarantine: { list: 'quarantine', places: { datasets: 'dataset' } },
  symbol_set: { list: 'sets', places: {} },
  source: { list: 'sources', places: { source: 'source', host: 'host' } },
  worker: { list: 'workers', places: { workerId: 'worker', runId: 'run' } },
  incident: { list: 'incidents', places: { incidentId: 'incident', runId: 'run', jobId: 'job' } },
  alert_rules: { list: 'incidents', places: {} },
  silence: { list: 'incidents', places: {} },
  channel: { list: 'channels', places: {} },
  notice: { list: 'notices', places: {} },
  access: { list: 'access', places: {} },
  secret: { list: 'secrets', places: {} },
});

/** Topics that need more than reading, as the lists behind them do. */
const NEEDS: Readonly<Record<string, Permission>> = Object.freeze({
  access: 'admin',
  secrets: 'admin',
  channels: 'operate',
  notices: 'operate',
});

const LISTS: ReadonlySet<string> = new Set(Object.values(LIVE_KINDS).map(({ list }) => list));
const WORDS: ReadonlySet<string> = new Set(
  Object.values(LIVE_KINDS).flatMap(({ places }) => Object.values(places)),
);

/** What may follow the word: a number, or a name as data sets, sources and hosts have them. */
const VALUE = /^[A-Za-z0-9[][A-Za-z0-9._:[\]-]{0,99}$/;

/** Topics that one reader may ask for at a time. */
export const MOST_TOPICS = 100;

/**
 * The topics that an event belongs to.
 * @example topicsOf({ kind: 'run', payload: { runId: 12, jobId: 3, dataset: 'daily_bars' } })
 * // ['runs', 'run:12', 'job:3', 'dataset:daily_bars']
 */
export function topicsOf({ kind, payload }: LiveFact): readonly string[] {
  if (!Object.hasOwn(LIVE_KINDS, kind)) return [];
  const { list, places } = LIVE_KINDS[kind] as Kind;
  const topics = new Set([list]);
  for (const [field, word] of Object.entries(places)) {
    for (const value of [payload[field]].flat()) {
      if (typeof value === 'number' || typeof value === 'string') topics.add(`${word}:${value}`);
    }
  }
  return [...topics];
}

/**
 * Whether a text is a topic: the name of a list, or a word with a number or name.
 * @example isTopic('run:12') // true
 */
export function isTopic(text: string): boolean {
  if (LISTS.has(text)) return true;
  const colon = text.indexOf(':');
  return colon > 0 && WORDS.has(text.slice(0, colon)) && VALUE.test(text.slice(colon + 1));
}

/** What somebody has to be allowed for a topic: what the same thing needs over HTTP. */
export function topicNeeds(topic: string): Permission {
  return NEEDS[topic] ?? 'read';
}

/**
 * What is wrong with a list of topics, in the order of the list; empty where nothing is.
 * @example faultyTopics(['runs', 'run:']) // ['run:']
 */
export function faultyTopics(topics: readonly string[]): readonly string[] {
  return topics.filter((topic) => !isTopic(topic));
}
