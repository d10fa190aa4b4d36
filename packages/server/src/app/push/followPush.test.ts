import { AppError, NOBODY } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../clock.ts';
import type { LiveEnd, LiveGateway, LiveLine } from '../../ports/liveGateway.ts';
import { followPush } from './followPush.ts';
import type { News, PushFeed, Told } from './pushFeed.ts';

const visitor = { identity: NOBODY, identifyAgain: async () => NOBODY };
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A gateway with one client, who is told what the test says. */
function gatewayOf(): { gateway: LiveGateway; line: () => LiveLine; left: () => boolean; topics: string[] } {
  let line: LiveLine | undefined;
  let left = false;
  const topics: string[] = [];
  const gateway: LiveGateway = {
    upTo: () => 0,
    crowd: () => new Map(),
    join(_, joined) {
      line = joined;
      return {
        subscribe: async (wished) => void topics.push(...wished),
        unsubscribe: async () => {},
        proveAgain() {},
        leave: () => (left = true),
      };
    },
  };
  return { gateway, line: () => line as LiveLine, left: () => left, topics };
}

/** News of a value; null is none after all. */
const say = (key: string, value: unknown = key): News => ({
  key,
  read: async () => (value === null ? undefined : { type: 'progress', data: { value } }),
});

/** Follows a feed of which each event is one piece of news, and keeps what was told. */
async function follow(standing: readonly News[], heard: (seq: number) => readonly News[] = () => []) {
  const { gateway, line, left, topics } = gatewayOf();
  const told: Told[] = [];
  const ends: (LiveEnd | 'over')[] = [];
  let isOver = false;
  const feed: PushFeed = {
    topics: ['run:1'],
    greeting: () => ({ type: 'connected', data: {} }),
    standing: () => standing,
    hear: (_, upTo) => heard(upTo),
    heartbeat: () => ({ type: 'heartbeat', data: {} }),
    isOver: () => isOver,
  };
  const pauses: number[] = [];
  const clock = {
    ...systemClock,
    // heartbeats never come, and pauses are over at once
    sleep: (ms: number, signal?: AbortSignal) => {
      if (ms > 1_000) return systemClock.sleep(ms, signal);
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  const tools = { gateway, clock, log, paceMs: 250, heartbeatMs: 30_000 };
  const outlet = {
    tell: (one: Told) => void told.push(one),
    bufferedBytes: () => 0,
    close: (end: LiveEnd | 'over') => void ends.push(end),
  };
  const follower = await followPush(tools, visitor, feed, outlet);
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    follower,
    told,
    ends,
    pauses,
    topics,
    left,
    settle,
    event: (seq: number) => line().send({ type: 'events', upTo: seq, json: '', events: [] }),
    resync: () => line().send({ type: 'resync', upTo: 9, json: '' }),
    close: (end: LiveEnd) => line().close(end),
    endIt: () => (isOver = true),
    values: () => told.flatMap(({ data }) => ('value' in data ? [data['value']] : [])),
  };
}

describe('a client that is told', () => {
  it('is greeted first, then told what stands, at a pace', async () => {
    const { told, settle, pauses, topics, values, follower } = await follow([say('a'), say('b')]);
    await settle();
    expect(told[0]?.type).toBe('connected');
    expect(topics).toEqual(['run:1']);
    expect(values()).toEqual(['a', 'b']);
    expect(pauses).toEqual([250, 250]);
    follower.leave();
  });

  it('hears the newest of what is of one kind, and each kind in its turn', async () => {
    const { event, settle, values, follower } = await follow([], (seq) =>
      seq < 4 ? [say('run', seq)] : [say('bell')],
    );
    for (const seq of [1, 2, 3, 4]) event(seq);
    await settle();
    expect(values()).toEqual([1, 3, 'bell']);
    follower.leave();
  });

  it('is told again what stands when it has missed something', async () => {
    const { resync, settle, values, follower } = await follow([say('a')]);
    await settle();
    resync();
    await settle();
    expect(values()).toEqual(['a', 'a']);
    follower.leave();
  });

  it('hears nothing of what turns out to be no news, and does not wait for it', async () => {
    const { settle, values, pauses, follower } = await follow([say('a', null), say('b')]);
    await settle();
    expect([values(), pauses]).toEqual([['b'], [250]]);
    follower.leave();
  });

  it('loses what has waited longest when too much waits', async () => {
    const much = Array.from({ length: 300 }, (_, no) => say(`n${no}`, no));
    const { settle, values, follower } = await follow(much);
    await settle();
    expect(values()).toEqual(Array.from({ length: 200 }, (_, no) => no + 100));
    follower.leave();
  });

  it('is let go when there is nothing more to come', async () => {
    const { endIt, event, settle, ends, left } = await follow([], () => [say('last')]);
    endIt();
    event(1);
    await settle();
    expect(ends).toEqual(['over']);
    expect(left()).toBe(true);
  });

  it('hears nothing after it has left, or was sent away', async () => {
    const one = await follow([], () => [say('a')]);
    one.follower.leave();
    one.event(1);
    const other = await follow([], () => [say('a')]);
    other.close('void_proof');
    other.event(1);
    await other.settle();
    expect([one.values(), other.values(), other.ends]).toEqual([[], [], ['void_proof']]);
  });

  it('is sent away when what there is cannot be read', async () => {
    const broken: News = { key: 'a', read: () => Promise.reject(new AppError('internal')) };
    const { settle, ends, left } = await follow([broken]);
    await settle();
    expect([ends, left()]).toEqual([['restart'], true]);
  });
});
