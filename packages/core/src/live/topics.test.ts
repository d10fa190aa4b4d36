import { describe, expect, it } from 'vitest';
import { faultyTopics, isTopic, LIVE_KINDS, topicNeeds, topicsOf } from './topics.ts';

describe('topics of an event', () => {
  it('are its list and the things that its payload names', () => {
    const payload = { runId: 12, jobId: 3, dataset: 'daily_bars', parentRunId: 9, state: 'running' };
    expect(topicsOf({ kind: 'run', payload })).toEqual([
      'runs',
      'run:12',
      'job:3',
      'dataset:daily_bars',
      'run:9',
    ]);
    expect(topicsOf({ kind: 'quarantine', payload: { datasets: ['daily_bars', 'adj_factors'] } })).toEqual([
      'quarantine',
      'dataset:daily_bars',
      'dataset:adj_factors',
    ]);
  });

  it('leave out what is not known of it', () => {
    expect(topicsOf({ kind: 'run', payload: { runId: 12, jobId: null } })).toEqual(['runs', 'run:12']);
  });

  it('are none for a kind that nobody has said anything about', () => {
    expect(topicsOf({ kind: 'invented', payload: { runId: 1 } })).toEqual([]);
    expect(topicsOf({ kind: 'constructor', payload: {} })).toEqual([]);
  });

  it('can all be asked for', () => {
    for (const [kind, { places }] of Object.entries(LIVE_KINDS)) {
      const payload = Object.fromEntries(Object.keys(places).map((field) => [field, 'push2.eastmoney.com']));
      expect(faultyTopics(topicsOf({ kind, payload }))).toEqual([]);
    }
  });
});

describe('a topic', () => {
  it.each(['runs', 'run:1', 'dataset:daily_bars', 'host:public-api.baostock.com:10030', 'host:[::1]:80'])(
    'may be %s',
    (topic) => expect(isTopic(topic)).toBe(true),
  );

  it.each([
    '',
    'run',
    'run:',
    ':1',
    'Runs',
    'runs:1',
    'constructor',
    'run:1 2',
    'run:*',
    `run:${'1'.repeat(101)}`,
  ])('may not be "%s"', (topic) => expect(isTopic(topic)).toBe(false));

  it('needs what the same needs over HTTP', () => {
    expect(topicNeeds('run:1')).toBe('read');
    expect(topicNeeds('access')).toBe('admin');
    expect(topicNeeds('secrets')).toBe('admin');
  });
});
