-- Pages of executions with their totals, counted from an index alone.

-- Runs of a job by state, newest first, with when each was made.
CREATE INDEX run_by_job_state ON tapekeeper.run (job_id, state, id DESC) INCLUDE (created_at) WHERE job_id IS NOT NULL;

-- The same of a data set: the index that was there, with when each was made.
DROP INDEX tapekeeper.run_by_dataset_state;
CREATE INDEX run_by_dataset_state ON tapekeeper.run (dataset, state, id DESC) INCLUDE (created_at);

-- What people have begun, newest first: few among what schedules begin.
CREATE INDEX run_by_hand ON tapekeeper.run (id DESC) INCLUDE (job_id, state) WHERE cause = 'person';
