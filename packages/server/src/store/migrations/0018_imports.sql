-- Rows that people bring in files are the work of runs, too.
ALTER TABLE tapekeeper.run DROP CONSTRAINT run_type_check;
ALTER TABLE tapekeeper.run ADD CONSTRAINT run_type_check CHECK (type IN ('sync', 'repair', 'reconcile',
  'source_check', 'statistics', 'retention', 'export', 'workflow', 'example', 'command', 'backup', 'import'));

-- Which files runs still need, asked before others are removed.
CREATE INDEX run_open_import ON tapekeeper.run (id) WHERE type = 'import' AND state IN ('pending', 'running', 'paused');
