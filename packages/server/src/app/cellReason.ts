import {
  DATASETS,
  isoInstant,
  ruleOf,
  SHANGHAI_OFFSET_MS,
  type ExceptionKind,
  type Instant,
} from '@tapekeeper/core';
import type { RunId } from '../ports/runStore.ts';
import { firstListed, type CellContext, type CellStatus } from './cellStatus.ts';

/** The same sentences in both languages. */
export interface Sentence {
  readonly en: string;
  readonly zh: string;
}

/** Why a cell has its status, naming source, run and time where they are known. */
export function reasonOf(status: CellStatus, context: CellContext): Sentence {
  return REASONS[status](context);
}

const REASONS: Readonly<Record<CellStatus, (context: CellContext) => Sentence>> = {
  covered: ({ facts }) => {
    const others = facts.coveredBy.filter((source) => source !== facts.source);
    return joined(
      {
        en: `${facts.source} gave this row${whenOf(facts.runId, facts.knownAt).en}.`,
        zh: `该行由 ${facts.source} 提供${whenOf(facts.runId, facts.knownAt).zh}。`,
      },
      others.length > 0 && {
        en: `${others.join(' and ')} had it as well.`,
        zh: `${others.join('、')} 亦有此数据。`,
      },
      facts.revisions.length > 0 && {
        en: `It has been corrected ${times(facts.revisions.length)}.`,
        zh: `曾修正 ${facts.revisions.length} 次。`,
      },
    );
  },
  provisional: (context) => {
    const { facts, day, lastFinalDay } = context;
    const isOpenYet = day > lastFinalDay;
    if (facts.row === null) {
      return joined({ en: `${day} is not final yet.`, zh: `${day} 尚未定稿。` }, finalityOf(context));
    }
    return joined(
      {
        en: `${facts.source} gave a row${whenOf(facts.runId, facts.knownAt).en}.`,
        zh: `${facts.source} 给出了一行${whenOf(facts.runId, facts.knownAt).zh}。`,
      },
      isOpenYet
        ? finalityOf(context)
        : {
            en: 'It came before the day was final, so the cell does not count as covered.',
            zh: '该行早于定稿时间，因此不计为已覆盖。',
          },
    );
  },
  suspended: (context) => {
    const { day, listing } = context;
    const word = wordsOf(context, 'suspended');
    return {
      en: `${listing.symbol} did not trade on ${day}, says ${word.en}.`,
      zh: `${listing.symbol} 在 ${day} 停牌，依据：${word.zh}。`,
    };
  },
  absent: (context) => {
    const word = wordsOf(context, 'absent');
    return { en: `Asked, and without a row: ${word.en}.`, zh: `已询问但没有该行：${word.zh}。` };
  },
  accepted: ({ facts }) => {
    const accepted = facts.exceptions.find((one) => one.kind === 'accepted');
    const reason = accepted?.reason ?? '';
    const author = accepted?.author ?? '';
    const when = accepted === undefined ? '' : clockOf(accepted.at);
    return {
      en: `${author} has accepted the hole (${when}): ${reason}`,
      zh: `${author} 已确认该缺失可以接受（${when}）：${reason}`,
    };
  },
  quarantined: ({ facts }) => {
    const refused = facts.quarantined[0];
    if (refused === undefined) return { en: 'A row was refused.', zh: '有一行被拒绝。' };
    const rule = ruleOf(refused.rule)?.text;
    const detail = refused.detail === null ? '' : ` (${refused.detail})`;
    return {
      en: `${refused.source} gave a row at ${clockOf(refused.at)}, which was refused: the rule ${refused.rule} wants that ${rule?.en ?? 'it can be read'}${detail}.`,
      zh: `${refused.source} 于 ${clockOf(refused.at)} 给出一行，但被拒绝：规则 ${refused.rule} 要求${rule?.zh ?? '可读取'}${detail}。`,
    };
  },
  failed: ({ facts }) => {
    const failure = facts.failures[0];
    if (failure === undefined) return { en: 'Asking for it failed.', zh: '采集失败。' };
    const message = failure.message === null ? '' : `: ${failure.message}`;
    return {
      en: `Run ${failure.runId} asked ${failure.source} at ${clockOf(failure.at)} and failed with ${failure.code}${message}`,
      zh: `运行 ${failure.runId} 于 ${clockOf(failure.at)} 询问 ${failure.source} 失败，${failure.code}${message}`,
    };
  },
  missing: ({ dataset, day, span, facts }) => {
    if (facts.coveredBy.length > 0) {
      return {
        en: `${facts.coveredBy.join(' and ')} count as having covered the cell, yet there is no row. Ask again with force.`,
        zh: `${facts.coveredBy.join('、')} 记为已覆盖该格，却没有数据行。请强制重新采集。`,
      };
    }
    if (span === undefined) {
      return {
        en: `Nothing of ${dataset} has been collected yet. "tapekeeper sync ${dataset}" does so.`,
        zh: `${dataset} 尚未采集。可运行 “tapekeeper sync ${dataset}”。`,
      };
    }
    if (day < span.from) {
      return {
        en: `${dataset} is kept from ${span.from} on; nobody has asked for ${day} yet.`,
        zh: `${dataset} 自 ${span.from} 起保存；${day} 尚未采集。`,
      };
    }
    if (day > span.to) {
      return {
        en: `${dataset} is kept up to ${span.to}; ${day} has not been asked for yet. "tapekeeper sync ${dataset}" does so.`,
        zh: `${dataset} 保存至 ${span.to}；${day} 尚未采集。可运行 “tapekeeper sync ${dataset}”。`,
      };
    }
    return {
      en: 'It is a gap: no run has brought the row, nor learnt why there is none. A repair asks for it.',
      zh: '这是缺口：尚无运行取得该行，也未得知其缺失原因。补采会再次询问。',
    };
  },
  closed: ({ day, nextOpen }) => ({
    en: `The exchanges were closed on ${day}; the next trading day is ${nextOpen}.`,
    zh: `${day} 休市；下一交易日为 ${nextOpen}。`,
  }),
  not_listed: ({ listing, day }) => {
    const { symbol } = listing;
    if (listing.listDate === null) {
      return { en: `${symbol} is approved and does not trade yet.`, zh: `${symbol} 已获批，尚未开始交易。` };
    }
    const first = firstListed(listing);
    return {
      en: `${symbol} has traded since ${first}, so there is no row of ${day}.`,
      zh: `${symbol} 自 ${first} 起交易，${day} 没有数据。`,
    };
  },
  delisted: ({ listing, day }) => ({
    en: `The listing of ${listing.symbol} ended on ${listing.delistDate}, so there is no row of ${day}.`,
    zh: `${listing.symbol} 已于 ${listing.delistDate} 退市，${day} 没有数据。`,
  }),
  future: (context) =>
    joined(
      {
        en: `${context.day} lies ahead: the market's day is ${context.today}.`,
        zh: `${context.day} 尚未到来：当前市场日期为 ${context.today}。`,
      },
      finalityOf(context),
    ),
  assumed: ({ day, lastKnownDay }) => ({
    en: `The calendar is announced through ${lastKnownDay}; whether the exchanges open on ${day} is not known yet.`,
    zh: `交易日历公布至 ${lastKnownDay}；${day} 是否开市尚不可知。`,
  }),
};

function joined(first: Sentence, ...more: readonly (Sentence | false)[]): Sentence {
  const parts = [first, ...more.filter((part) => part !== false)];
  return { en: parts.map((part) => part.en).join(' '), zh: parts.map((part) => part.zh).join('') };
}

/** From when on the rows of a day are final. */
function finalityOf({ dataset }: CellContext): Sentence {
  const minutes = DATASETS[dataset].finality.finalFromMinutes;
  const clock = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  return {
    en: `Rows of a day are final from ${clock} Shanghai time.`,
    zh: `当日数据自上海时间 ${clock} 起定稿。`,
  };
}

/** Every source that has said so, with the run and the time: `tushare (run 5, 2024-12-31 20:00:03)`. */
function wordsOf({ facts }: CellContext, kind: ExceptionKind): Sentence {
  const words = facts.exceptions.filter((one) => one.kind === kind);
  const word = (language: keyof Sentence) =>
    words.map((one) => `${one.source}${whenOf(one.runId, one.at)[language]}`);
  return { en: word('en').join('; '), zh: word('zh').join('；') };
}

function whenOf(runId: RunId | null, at: Instant | null): Sentence {
  const clock = at === null ? '' : clockOf(at);
  if (runId === null) return { en: ` (${clock})`, zh: `（${clock}）` };
  return { en: ` (run ${runId}, ${clock})`, zh: `（运行 ${runId}，${clock}）` };
}

/** Wall time in Shanghai to the second, `2024-12-31 20:00:03`. */
function clockOf(at: Instant): string {
  return isoInstant(at + SHANGHAI_OFFSET_MS)
    .slice(0, 19)
    .replace('T', ' ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
