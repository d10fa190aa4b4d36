export interface BackupFile {
  /** Absolute. */
  readonly path: string;
  /** Size of the file, which is packed. */
  readonly bytes: number;
  readonly rows: number;
  readonly tables: number;
}

/** Called with the unpacked bytes so far. */
type OnBytes = (bytes: number) => void;

/** A folder of backups of the whole database: files that appear under their names when they are whole. */
export interface BackupFolder {
  /** Raises `file_unwritable` or `interrupted`, and leaves nothing behind then. */
  write(name: string, signal: AbortSignal, onBytes: OnBytes): Promise<BackupFile>;
  /** Reads a backup back, every sum and count of it. Raises `backup_unreadable`. */
  verify(name: string, onBytes: OnBytes): Promise<void>;
  /** Removes all but the newest backups of jobs, and what broken ones left; returns the names. */
  prune(keep: number): Promise<readonly string[]>;
}
