/** Exit codes of the command line, after sysexits(3). */
export const EXIT = {
  ok: 0,
  /** The run ended, with failed items. */
  partial: 1,
  usage: 64,
  dataError: 65,
  notFound: 66,
  unavailable: 69,
  internal: 70,
  io: 74,
  /** Another process holds what is needed; try later. */
  busy: 75,
  noPermission: 77,
  config: 78,
} as const;

export interface ErrorSpec {
  /** English text; `{name}` is filled from the details. */
  readonly text: string;
  /** Chinese text. */
  readonly zh: string;
  readonly status: number;
  readonly exit: number;
  readonly retry: 'never' | 'later' | 'now';
}

/** A part of the registry, whose codes stay known by name. */
export const specified = <T extends Record<string, ErrorSpec>>(table: T): Readonly<T> => Object.freeze(table);
