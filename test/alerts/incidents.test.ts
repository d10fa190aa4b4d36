import {
  advanceIncidents,
  evaluateRules,
  groupSignals,
  INCIDENT_TIMING,
  rulesWith,
  type Incident,
  type NoticeWish,
} from '@tapekeeper/core';
import { describe, expect, it, test } from 'vitest';
import { JOB_STORIES } from './incidents/jobStories.ts';
import { SOURCE_STORIES } from './incidents/sourceStories.ts';
import type { Story } from './incidents/story.ts';
import { SYSTEM_STORIES } from './incidents/systemStories.ts';
import { factsOf } from './incidents/world.ts';

const STORIES: readonly Story[] = [...SOURCE_STORIES, ...JOB_STORIES, ...SYSTEM_STORIES];

interface Told {
  readonly notices: readonly NoticeWish['kind'][];
  /** Of what people were told of, the cause that it had in the end. */
  readonly causes: readonly string[];
}

/** Replays a story, a look every fifteen seconds, each minute as the story has it. */
function replay({ from, until, trouble }: Story): Told {
  const rules = rulesWith([]);
  const notices: NoticeWish['kind'][] = [];
  const causes = new Map<number, string>();
  const resolved: string[] = [];
  let live: readonly Incident[] = [];
  let ids = 0;
  for (let minute = from; minute < until; minute += 0.25) {
    const facts = factsOf(minute, trouble(Math.floor(minute)));
    const advance = advanceIncidents({
      now: facts.now,
      live,
      groups: groupSignals(evaluateRules(rules, facts)),
      resolvedLately: new Map(
        [...Map.groupBy(resolved, (cause) => cause)].map(([cause, all]) => [cause, all.length]),
      ),
      silences: [],
      sinceLookMs: 15_000,
      timing: INCIDENT_TIMING,
    });
    notices.push(...advance.notices.map(({ kind }) => kind));
    const stored = advance.incidents.map((one) => ({ ...one, id: one.id < 0 ? ++ids : one.id }));
    for (const { id, cause, noticedAt, mergedInto } of stored) {
      if (mergedInto !== null) causes.delete(id);
      else if (noticedAt !== null) causes.set(id, cause);
    }
    resolved.push(
      ...stored
        .filter(({ state, mergedInto }) => state === 'resolved' && mergedInto === null)
        .map(({ cause }) => cause),
    );
    live = stored.filter(({ state }) => state !== 'resolved');
  }
  return { notices, causes: [...causes.values()].toSorted() };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;

describe('replayed incidents', () => {
  const replayed = STORIES.map((story) => ({ story, told: replay(story) }));
  const told = replayed.filter(({ story }) => story.causes.length > 0);

  test.each(replayed)('$story.name', ({ story, told: { notices, causes } }) => {
    expect(causes).toEqual(story.causes.toSorted());
    const wanted = story.causes.length;
    expect(notices.filter((kind) => kind === 'opened')).toHaveLength(wanted);
    expect(notices.filter((kind) => kind === 'resolved')).toHaveLength(wanted);
  });

  it('are thirty or more that people should be told of, beside those that they should not', () => {
    expect(STORIES.length).toBeGreaterThanOrEqual(30);
    expect(new Set(STORIES.map(({ name }) => name)).size).toBe(STORIES.length);
  });

  it('take two notices in the median and name the true cause of at least nine in ten', () => {
    const counts = told.map(({ told: { notices } }) => notices.length);
    const right = replayed.filter(
      ({ story, told: { causes } }) => causes.join() === story.causes.toSorted().join(),
    );
    const histogram = Map.groupBy(
      counts.toSorted((one, other) => one - other),
      (count) => count,
    );
    process.stdout.write(
      `${STORIES.length} incidents replayed, ${told.length} to be told of: notices ${[...histogram]
        .map(([count, all]) => `${count} x ${all.length}`)
        .join(', ')}; median ${median(counts)}, most ${Math.max(...counts)}; ` +
        `right cause ${right.length} of ${STORIES.length}\n`,
    );
    expect(median(counts)).toBe(2);
    expect(right.length / STORIES.length).toBeGreaterThanOrEqual(0.9);
  });
});
