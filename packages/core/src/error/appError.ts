import { ERRORS, type ErrorCode, type Language } from './codes.ts';

export type ErrorDetails = Readonly<Record<string, string | number>>;

/** The only error that the product throws on purpose: a code of the registry with its facts. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super(errorText(code, details), cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/**
 * The text of an error in a language, its blanks filled. A fact that is a text itself may have its Chinese
 * form beside it: `{problems}` is filled with `problemsZh` where that is there.
 * @example errorText('day_order', { from: '2024-02-01', to: '2024-01-01' })
 */
export function errorText(code: ErrorCode, details: ErrorDetails, language: Language = 'en'): string {
  const template = language === 'zh' ? ERRORS[code].zh : ERRORS[code].text;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const own = language === 'zh' ? details[`${name}Zh`] : undefined;
    return String(own ?? details[name] ?? '');
  });
}

/** Whether the value is an error of ours, of that code if one is given. */
export function isAppError(value: unknown, code?: ErrorCode): value is AppError {
  return value instanceof AppError && (code === undefined || value.code === code);
}

/** Any thrown value as an error of ours; what is not one becomes `internal` with its cause kept. */
export function toAppError(value: unknown): AppError {
  if (value instanceof AppError) return value;
  return new AppError('internal', { message: value instanceof Error ? value.message : String(value) }, value);
}
