import { AppError, ERRORS, type ErrorCode } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { hostSignOf, isBanForCalls, reactionTo } from './reactions.ts';

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

it('takes an answer in words for a sign of life, and what never reached the host for none', () => {
  const showing = (sign: string): ErrorCode[] => codes.filter((code) => hostSignOf(code) === sign);
  expect(showing('trouble').toSorted()).toEqual(['malformed', 'timeout', 'transport']);
  expect(showing('banned')).toEqual(['banned']);
  for (const code of ['rate_limited', 'permission_denied', 'upstream_refused', 'empty'] as const)
    expect(hostSignOf(code)).toBe('answered');
  for (const code of ['breaker_open', 'interrupted', 'internal', 'lease_lost'] as const)
    expect(hostSignOf(code)).toBe('nothing');
});

it('blames the calls for a ban, but not of a source that states its limits', () => {
  const banned = new AppError('banned', { message: 'too much' });
  expect(isBanForCalls('akshare', banned)).toBe(true);
  expect(isBanForCalls('baostock', banned)).toBe(true);
  expect(isBanForCalls('tushare', banned)).toBe(false);
  expect(isBanForCalls('akshare', new AppError('transport'))).toBe(false);
});
