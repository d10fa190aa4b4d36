import { isoInstant, SHANGHAI_OFFSET_MS, type Language, type NoticeMessage } from '@tapekeeper/core';

/** A notice in one language, plain: nothing in it is escaped yet. */
export interface Words {
  /** With what kind of notice it is before it. */
  readonly title: string;
  readonly lines: readonly string[];
  /** Page that shows more; null where nobody has said under which address people open it. */
  readonly link: string | null;
  readonly linkText: string;
}

const KIND_WORDS = {
  opened: {
    info: { en: 'Info', zh: '提示' },
    warning: { en: 'Warning', zh: '警告' },
    critical: { en: 'Critical', zh: '严重' },
  },
  reminder: { en: 'Still open', zh: '仍未恢复' },
  resolved: { en: 'Resolved', zh: '已恢复' },
  test: { en: 'Test', zh: '测试' },
} as const;

const LINK_TEXT = { en: 'Show more', zh: '查看详情' } as const;
const TIME_TEXT = { en: 'Time: {at} (Beijing)', zh: '时间：{at}（北京时间）' } as const;
const MOST_LINES = 40;

/** What a channel is given to say, in its language. */
export function wordsOf(message: NoticeMessage, language: Language, pageUrl: string | null): Words {
  const { kind, severity, at, path } = message;
  const word = kind === 'opened' ? KIND_WORDS.opened[severity][language] : KIND_WORDS[kind][language];
  const lines = message.text[language].split(/\r\n|[\n\r\u2028\u2029]/).map(readable);
  const time = isoInstant(at + SHANGHAI_OFFSET_MS)
    .slice(0, 16)
    .replace('T', ' ');
  return {
    title: readable(`[${word}] ${message.title[language]}`),
    lines: [...lines.slice(0, MOST_LINES), TIME_TEXT[language].replace('{at}', time)],
    link: pageUrl === null ? null : new URL(path, `${pageUrl}/`).href,
    linkText: LINK_TEXT[language],
  };
}

/** One line without what cannot be seen: control letters, and those that turn the direction of reading. */
function readable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
}
