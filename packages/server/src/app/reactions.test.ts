import { ERRORS, type ErrorCode } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { reactionTo } from './reactions.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];
const having = (reaction: string): ErrorCode[] => codes.filter((code) => reactionTo(code) === reaction);

it('tries again only what another try may mend', () => {
  expect(having('again').toSorted()).toEqual(['empty', 'malformed', 'timeout', 'transport']);
  expect(having('again').filter((code) => ERRORS[code].retry === 'never')).toEqual([]);
});

it('waits for a used-up minute, and for nothing else', () => {
  expect(having('wait')).toEqual(['rate_limited']);
});

it('leaves a source that refuses the token, the right, the address or the day', () => {
  expect(having('drop_source').toSorted()).toEqual([
    'bad_token',
    'banned',
    'breaker_open',
    'permission_denied',
    'quota_exhausted',
  ]);
});

it('stops the worker for what is no word of a source', () => {
  expect(having('stop').toSorted()).toEqual(['database_unreachable', 'interrupted', 'lease_lost']);
});

it('gives the item up for everything else, a plain refusal among it', () => {
  expect(reactionTo('upstream_refused')).toBe('give_up');
  expect(reactionTo('internal')).toBe('give_up');
});
