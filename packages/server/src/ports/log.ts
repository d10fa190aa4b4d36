/** Structured log lines; secrets never go into the fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** From now on the text is masked in every line, should it turn up in one after all. */
  hide?(secret: string): void;
  /** Does the work; every line that is written meanwhile for it carries the fields, as they are by then. */
  within?<T>(fields: object, work: () => T): T;
}
