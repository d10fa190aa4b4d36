-- 0007 made the slices of its new tables for runs to come, and not for the slice that the runs of that time were
-- in: an installation that came to it with runs of its own had nowhere to put the attempts, steps and lines of the
-- next ones. What is there already stays.
SELECT tapekeeper.ensure_run_partitions((coalesce((SELECT max(id) FROM tapekeeper.run), 0) / 10000 + 1) * 10000);
