-- The audit log. A line is begun before a request is worked on and completed once, when its answer is known;
-- apart from that nothing in it can be changed or removed.

CREATE TABLE tapekeeper.operation (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT tapekeeper.now(),
  action      text COLLATE "C" NOT NULL,
  actor       text NOT NULL,
  user_id     bigint,
  proof       text COLLATE "C" NOT NULL,
  object_kind text COLLATE "C",
  object_id   text COLLATE "C",
  before      jsonb,
  after       jsonb,
  result      text COLLATE "C" NOT NULL DEFAULT 'unknown' CHECK (result IN ('unknown', 'ok', 'refused', 'failed')),
  status      int,
  error_code  text COLLATE "C",
  duration_ms int,
  ip          inet,
  user_agent  text,
  request_id  uuid
);
CREATE INDEX operation_by_actor ON tapekeeper.operation (actor, id DESC);
CREATE INDEX operation_by_action ON tapekeeper.operation (action, id DESC);
CREATE INDEX operation_by_object ON tapekeeper.operation (object_kind, object_id, id DESC) WHERE object_kind IS NOT NULL;
CREATE INDEX operation_by_result ON tapekeeper.operation (result, id DESC) WHERE result <> 'ok';
CREATE INDEX operation_by_time ON tapekeeper.operation (at, id);

CREATE FUNCTION tapekeeper.keep_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.result = 'unknown' AND NEW.result <> 'unknown'
    AND (NEW.id, NEW.at, NEW.action, NEW.actor, NEW.user_id, NEW.proof, NEW.ip, NEW.user_agent, NEW.request_id)
      IS NOT DISTINCT FROM
        (OLD.id, OLD.at, OLD.action, OLD.actor, OLD.user_id, OLD.proof, OLD.ip, OLD.user_agent, OLD.request_id)
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER operation_kept BEFORE UPDATE OR DELETE ON tapekeeper.operation
  FOR EACH ROW EXECUTE FUNCTION tapekeeper.keep_operation();
CREATE TRIGGER operation_not_emptied BEFORE TRUNCATE ON tapekeeper.operation
  FOR EACH STATEMENT EXECUTE FUNCTION tapekeeper.keep_operation();
-- also for who may set triggers aside, as restoring a backup does: that adds lines, and takes none away
ALTER TABLE tapekeeper.operation
  ENABLE ALWAYS TRIGGER operation_kept,
  ENABLE ALWAYS TRIGGER operation_not_emptied;
