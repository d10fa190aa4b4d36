import { AppError } from '@tapekeeper/core';

/** Where a list in the order of a figure goes on: the figure and the name of the last one, `12.5~daily_bars`. */
export function printCursor(value: number, name: string): string {
  return `${value}~${name}`;
}

/** Raises `bad_request` for a text that no page has given. */
export function readCursor(text: string): { readonly value: number; readonly name: string } {
  const [, figure = '', name = ''] = /^(-?[\d.e+-]+)~([\w.-]+)$/.exec(text) ?? [];
  const value = Number(figure);
  if (figure === '' || !Number.isFinite(value))
    throw new AppError('bad_request', { problem: 'query "after": it is no cursor of a page.' });
  return { value, name };
}
