/** Reads a checked answer; zod's schemas do. */
export interface Reader<T> {
  parse(value: unknown): T;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The ways to ask, with the query after the path or in the body. */
export interface Asking {
  get<T>(path: string, query: Query, reader: Reader<T>): Promise<T>;
  /** With a key, a request that is sent again makes nothing twice. */
  post<T>(path: string, body: object, reader: Reader<T>, key?: string): Promise<T>;
  put<T>(path: string, body: object, reader: Reader<T>): Promise<T>;
  remove<T>(path: string, query: Query, reader: Reader<T>): Promise<T>;
}
