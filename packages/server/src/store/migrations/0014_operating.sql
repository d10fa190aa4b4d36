-- Backups as runs like others, and what is known of those that were made.
ALTER TABLE tapekeeper.run DROP CONSTRAINT run_type_check;
ALTER TABLE tapekeeper.run ADD CONSTRAINT run_type_check CHECK (type IN ('sync', 'repair', 'reconcile',
  'source_check', 'statistics', 'retention', 'export', 'workflow', 'example', 'command', 'backup'));

CREATE TABLE tapekeeper.backup (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  made_at  timestamptz NOT NULL DEFAULT tapekeeper.now(),
  run_id   bigint,
  file     text NOT NULL,
  bytes    bigint NOT NULL,
  rows     bigint NOT NULL
);
COMMENT ON TABLE tapekeeper.backup IS 'Backups that were read back and found whole; a file may have been moved since.';
COMMENT ON COLUMN tapekeeper.backup.run_id IS 'Null for one that was made by hand. The run may have been removed since.';
COMMENT ON COLUMN tapekeeper.backup.bytes IS 'Size of the file, which is packed.';
