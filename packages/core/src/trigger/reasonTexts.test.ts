import { describe, expect, it, test } from 'vitest';
import { FIRE_REASONS } from './fire.ts';
import { decisionWords, fireReasonText } from './reasonTexts.ts';

describe('the words about a decision', () => {
  test.each(FIRE_REASONS)('say %s in both languages, without blanks', (reason) => {
    const fire = {
      decision: 'skipped',
      reason,
      dueCount: 3,
      blocker: { runIds: [4, 5], group: 'tushare' },
      upstreamRunId: 7,
    } as const;
    const english = fireReasonText(fire, 'en');
    const chinese = fireReasonText(fire, 'zh');
    expect(english).toMatch(/^[A-Z][^{}]+\.$/);
    expect(chinese).toMatch(/^[^{}]*[\u4e00-\u9fff][^{}]*。$/);
  });

  it('name what stood in the way, and how many moments were decided about', () => {
    const blocker = { runIds: [4, 5], group: 'tushare' };
    expect(fireReasonText({ decision: 'skipped', reason: 'group_busy', dueCount: 1, blocker }, 'en')).toBe(
      'The group tushare was full (run 4, 5), and the overlap policy of the job is not to wait (one due moment).',
    );
    expect(
      fireReasonText({ decision: 'missed', reason: 'too_late', dueCount: 12, blocker: null }, 'zh'),
    ).toBe('已超过宽限时间，且错过策略为跳过（12 个到期时刻）。');
    expect(decisionWords('missed', 'en')).toBe('It was missed');
  });
});
