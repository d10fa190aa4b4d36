/** A file as it was taken in. */
export interface KeptFile {
  /** Made up: what its owner calls it is no part of a path. */
  readonly file: string;
  /** As it came, packed or not. */
  readonly bytes: number;
}

/** A file while it is read. */
export interface FileText {
  readonly encoding: 'utf-8' | 'gb18030';
  readonly packed: boolean;
  /** The text in pieces, without a byte order mark. Raises `import_malformed` and `import_too_large`. */
  readonly pieces: AsyncIterable<string>;
}

/** Files that people have brought, kept until their runs have ended. */
export interface ImportFolder {
  /** Files that may be taken in are no larger. */
  readonly mostBytes: number;
  /** A file may have no more lines. */
  readonly mostRows: number;
  /** Takes a file in. Raises `import_too_large`; then nothing of it stays. */
  keep(bytes: AsyncIterable<Uint8Array>): Promise<KeptFile>;
  /** Raises `import_file_missing`. */
  read(file: string, signal: AbortSignal): Promise<FileText>;
  remove(file: string): Promise<void>;
  /** Removes files that are older than an hour and not among these. */
  prune(needed: ReadonlySet<string>): Promise<void>;
}
