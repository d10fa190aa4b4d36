import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { createAkshareSource } from '../../packages/server/src/sources/akshare/akshareSource.ts';
import { createBaostockSource } from '../../packages/server/src/sources/baostock/baostockSource.ts';
import { plainDay, shanghaiInstant, type SourceId } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type Replay, type World } from '@tapekeeper/replay';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Answer, AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import { AKSHARE_QUESTIONS } from '../conformance/akshareStand.ts';
import { UNHURRIED } from '../conformance/deadlines.ts';
import type { Deadlines } from '../../packages/server/src/sources/watch.ts';
import { BAOSTOCK_QUESTIONS, tradingDaysOf } from '../conformance/baostockStand.ts';
import { TUSHARE_QUESTIONS } from '../conformance/tushareStand.ts';
import { below, type Random } from '../chaos/random.ts';
import { BAOSTOCK_MUTATIONS } from './baostockMutations.ts';
import { startBaostockProxy } from './baostockProxy.ts';
import { HTTP_MUTATIONS, isArchive, WORKBOOK_MUTATIONS } from './httpMutations.ts';
import { startHttpProxy } from './httpProxy.ts';
import { truthOf, type Truth } from './judge.ts';
import { mutate, type Sight } from './mutation.ts';

/** A question whose answer is changed, with what is true of it. */
export interface Case {
  readonly question: Question;
  /** Origins that fail before, so that the way to the answer leads past them. */
  readonly failing: readonly string[];
  readonly clean: Answer;
  readonly truth: Truth;
  /** Rows that each way to the answer gives. */
  readonly cleans: readonly Answer[];
  /** Calls of the clean answer that may be changed. */
  readonly targets: readonly number[];
}

type Way = Pick<Case, 'failing' | 'clean' | 'targets'> & { readonly origins: readonly string[] };

export interface Done {
  readonly mutation: string;
  readonly sight: Sight;
  /** The answer, or what was thrown. */
  readonly outcome: unknown;
}

/** A source whose upstream's answers go through hands that change them. */
export interface Fuzzed {
  readonly source: SourceId;
  readonly world: World;
  readonly cases: readonly Case[];
  /** Asks a question, one of whose calls is answered by something else. */
  ask(one: Case, random: Random): Promise<Done>;
  close(): Promise<void>;
}

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };

/** Silence is over soon: whoever changes an answer ends the connection, or has sent all of it. */
export const HURRIED = { connectMs: 10_000, idleMs: 400, totalMs: 20_000 };
/** A moment after the close of a trading day, at which the replayed market stands still. */
const NOW = shanghaiInstant(plainDay('2024-07-18'), 16 * 60);
const clock = { ...systemClock, now: () => NOW };

const outcomeOf = (asked: Promise<Answer>): Promise<unknown> => asked.catch((error: unknown) => error);

async function openReplay(): Promise<{ world: World; replay: Replay }> {
  const world = await openWorld(sampleFolder());
  return { world, replay: await startReplay({ world, now: () => NOW }) };
}

export async function openTushare(): Promise<Fuzzed> {
  const { world, replay } = await openReplay();
  const fuzzed = await openHttp(replay.tushareUrl, TUSHARE_QUESTIONS, (baseUrl, timeouts) =>
    createTushareSource({ baseUrl, token: () => 'a1'.repeat(28), clock, timeouts }),
  );
  return { source: 'tushare', world, ...fuzzed, close: () => closeAll(fuzzed.close, replay) };
}

export async function openAkshare(): Promise<Fuzzed> {
  const { world, replay } = await openReplay();
  const tradingDays = tradingDaysOf(world);
  const fuzzed = await openHttp(replay.akshareUrl, AKSHARE_QUESTIONS, (baseUrl, timeouts) =>
    createAkshareSource({ baseUrl, clock, tradingDays, timeouts }),
  );
  return { source: 'akshare', world, ...fuzzed, close: () => closeAll(fuzzed.close, replay) };
}

async function closeAll(close: () => Promise<void>, replay: Replay): Promise<void> {
  await close();
  await replay.stop();
}

async function openHttp(
  upstreamUrl: string,
  questions: readonly Question[],
  open: (url: string, deadlines: Deadlines) => Source,
): Promise<Pick<Fuzzed, 'cases' | 'ask' | 'close'>> {
  const proxy = await startHttpProxy(upstreamUrl);
  const originOf = (path: string) => path.split('/')[1] ?? '';
  const cases: Case[] = [];
  const answered = async (question: Question, failing: readonly string[]): Promise<Way | undefined> => {
    proxy.change((reply, _, path) => (failing.includes(originOf(path)) ? { ...reply, status: 503 } : reply));
    const outcome = await outcomeOf(open(proxy.url, UNHURRIED).ask(question, FREE));
    const { paths } = proxy;
    if (outcome instanceof Error) return undefined;
    const targets = paths.flatMap((path, at) => (failing.includes(originOf(path)) ? [] : [at]));
    const origins = [...new Set(targets.map((at) => originOf(paths[at] ?? '')))];
    return { failing, clean: outcome as Answer, targets, origins };
  };
  /** Every way that still leads to an answer when origins fail, the usual one first. */
  const waysTo = async (question: Question): Promise<readonly Way[]> => {
    const ways: Way[] = [];
    const tried = new Set<string>();
    const waiting: (readonly string[])[] = [[]];
    for (let failing = waiting.shift(); failing !== undefined; failing = waiting.shift()) {
      const way = tried.has(failing.join()) ? undefined : await answered(question, failing);
      tried.add(failing.join());
      if (way === undefined) continue;
      ways.push(way);
      for (const origin of way.origins) if (origin !== '') waiting.push([...way.failing, origin].toSorted());
    }
    if (ways.length === 0) throw new Error(`no way leads to ${question.dataset}`);
    return ways;
  };
  for (const question of questions) {
    const ways = await waysTo(question);
    const truth = truthOf(ways.map(({ clean }) => clean));
    for (const way of ways) cases.push({ question, truth, cleans: ways.map(({ clean }) => clean), ...way });
  }
  return {
    cases,
    async ask({ question, failing, targets }, random) {
      const target = targets[below(random, targets.length)];
      let done: Pick<Done, 'mutation' | 'sight'> = { mutation: 'none', sight: 'seen' };
      proxy.change((reply, call, path) => {
        if (failing.includes(originOf(path))) return { ...reply, status: 503 };
        if (call !== target) return reply;
        const some = isArchive(reply.body) && random() < 0.5 ? WORKBOOK_MUTATIONS : HTTP_MUTATIONS;
        const { mutation, mutated } = mutate(reply, some, random);
        done = { mutation: mutation.name, sight: mutation.sight };
        return mutated;
      });
      const source = open(proxy.url, HURRIED);
      const outcome = await outcomeOf(source.ask(question, FREE));
      await source.close();
      return { ...done, outcome };
    },
    close: () => proxy.close(),
  };
}

export async function openBaostock(): Promise<Fuzzed> {
  const { world, replay } = await openReplay();
  const proxy = await startBaostockProxy(replay.baostockUrl);
  const source = createBaostockSource({
    address: proxy.address,
    clock,
    tradingDays: tradingDaysOf(world),
    timeouts: HURRIED,
  });
  const cases: Case[] = [];
  for (const question of BAOSTOCK_QUESTIONS) {
    // the first question of a connection comes with a login
    await source.close();
    proxy.change((framed) => framed);
    const clean = await source.ask(question, FREE);
    const targets = Array.from({ length: proxy.calls() }, (_, at) => at);
    cases.push({ question, failing: [], clean, cleans: [clean], truth: truthOf([clean]), targets });
  }
  return {
    source: 'baostock',
    world,
    cases,
    async ask({ question, targets, clean }, random) {
      await source.close();
      const target = targets[below(random, targets.length)];
      let done: Pick<Done, 'mutation' | 'sight'> = { mutation: 'none', sight: 'seen' };
      proxy.change((framed, call) => {
        if (call !== target) return framed;
        const { mutation, mutated } = mutate(framed, BAOSTOCK_MUTATIONS, random);
        done = { mutation: mutation.name, sight: mutation.sight };
        return mutated;
      });
      const outcome = await outcomeOf(source.ask(question, FREE));
      // whatever came, the connection after it answers as before
      proxy.change((framed) => framed);
      const again = await outcomeOf(source.ask(question, FREE));
      // the hang-up after an answer may be heard only now; the product asks again after it
      const { batches } = again instanceof Error ? await source.ask(question, FREE) : (again as Answer);
      if (JSON.stringify(batches) === JSON.stringify(clean.batches)) return { ...done, outcome };
      return { ...done, outcome: new Error('the next answer on the connection is another one') };
    },
    async close() {
      await source.close();
      await proxy.close();
      await replay.stop();
    },
  };
}
