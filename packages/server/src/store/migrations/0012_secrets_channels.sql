-- Secrets, which nobody can read without a key that is kept elsewhere; the places where notices go, and what goes there.

-- The key by which secrets are sealed from now on. Machines that hold another one can neither read nor add any.
CREATE TABLE tapekeeper.secret_key (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  key_id     text COLLATE "C" NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT tapekeeper.now()
);
COMMENT ON COLUMN tapekeeper.secret_key.key_id IS 'Digest of the key, shortened; the key itself is never here.';

CREATE TABLE tapekeeper.secret (
  name       text COLLATE "C" PRIMARY KEY,
  key_id     text COLLATE "C" NOT NULL,
  nonce      bytea NOT NULL CHECK (octet_length(nonce) = 12),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) > 16),
  last4      text,
  updated_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  updated_by text NOT NULL
);
COMMENT ON COLUMN tapekeeper.secret.sealed IS 'AES-256-GCM, the name as associated data; the last 16 bytes are the tag.';
COMMENT ON COLUMN tapekeeper.secret.last4 IS 'Null where four characters would give too much away.';

CREATE TABLE tapekeeper.channel (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name           text COLLATE "C" NOT NULL,
  kind           text COLLATE "C" NOT NULL
    CHECK (kind IN ('email', 'webhook', 'dingtalk', 'feishu', 'wecom', 'slack')),
  settings       jsonb NOT NULL,
  language       text COLLATE "C" NOT NULL CHECK (language IN ('en', 'zh')),
  least_severity text COLLATE "C" NOT NULL CHECK (least_severity IN ('info', 'warning', 'critical')),
  enabled        boolean NOT NULL DEFAULT true,
  version        int NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL DEFAULT tapekeeper.now(),
  updated_at     timestamptz NOT NULL DEFAULT tapekeeper.now(),
  deleted_at     timestamptz,
  -- When the next notice would go out if they went evenly; how far ahead of that one may be is its burst.
  paced_until    timestamptz
);
CREATE UNIQUE INDEX channel_name ON tapekeeper.channel (name) WHERE deleted_at IS NULL;
COMMENT ON COLUMN tapekeeper.channel.settings IS 'By kind; nothing in it is secret.';

-- One message to one channel. Whoever sends it holds it for a while, and raises the fence when taking it.
CREATE TABLE tapekeeper.notice (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel_id  bigint NOT NULL REFERENCES tapekeeper.channel (id),
  delivery_id uuid NOT NULL DEFAULT gen_random_uuid(),
  incident_id bigint,
  message     jsonb NOT NULL,
  state       text COLLATE "C" NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed', 'expired')),
  attempts    int NOT NULL DEFAULT 0,
  fence       int NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL DEFAULT tapekeeper.now(),
  due_at      timestamptz NOT NULL DEFAULT tapekeeper.now(),
  held_until  timestamptz,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  error       text,
  CHECK ((state = 'pending') = (ended_at IS NULL))
);
CREATE INDEX notice_pending ON tapekeeper.notice (channel_id, id) WHERE state = 'pending';
CREATE INDEX notice_of_channel ON tapekeeper.notice (channel_id, id DESC);
CREATE INDEX notice_of_incident ON tapekeeper.notice (incident_id, id DESC) WHERE incident_id IS NOT NULL;
