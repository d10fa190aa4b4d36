-- The newest runs of a job that say whether it works, without those beside them. Without it, a table that has been
-- vacuumed makes (job_id, state, id) look as good, by which all runs of the job are read and sorted to find one.
CREATE INDEX run_judged ON tapekeeper.run (job_id, id DESC) INCLUDE (state, created_at)
  WHERE job_id IS NOT NULL AND state IN ('success', 'success_with_errors', 'failed');
