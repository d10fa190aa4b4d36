import type { Language } from '@tapekeeper/core';

/** A text in every language, with the same blanks. */
export type Bilingual = Readonly<Record<Language, string>>;
