-- People who may come in, what proves who they are, and what has been done.

CREATE TABLE tapekeeper.user_account (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name            text COLLATE "C" NOT NULL,
  display_name    text NOT NULL DEFAULT '',
  role            text COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  enabled         boolean NOT NULL DEFAULT true,
  password_hash   text,
  -- Raised when sessions and refresh tokens of this user are void at once: another password, disabled, removed.
  -- Another role needs no raise, since every proof is looked up together with the role of the moment.
  proof_version   int NOT NULL DEFAULT 1,
  version         int NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT tapekeeper.now(),
  updated_at      timestamptz NOT NULL DEFAULT tapekeeper.now(),
  last_login_at   timestamptz,
  deleted_at      timestamptz,
  CHECK (name = lower(name))
);
CREATE UNIQUE INDEX user_account_name ON tapekeeper.user_account (name) WHERE deleted_at IS NULL;
COMMENT ON COLUMN tapekeeper.user_account.password_hash IS 'PHC string of argon2id; null where nobody can log in by password.';

-- Only digests of what people hold are kept: SHA-256 of 256 random bits.
CREATE TABLE tapekeeper.session (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id       bigint NOT NULL REFERENCES tapekeeper.user_account (id),
  digest        bytea NOT NULL UNIQUE,
  proof_version int NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT tapekeeper.now(),
  seen_at       timestamptz NOT NULL DEFAULT tapekeeper.now(),
  expires_at    timestamptz NOT NULL,
  revoked_at    timestamptz,
  ip            inet,
  user_agent    text
);
CREATE INDEX session_of ON tapekeeper.session (user_id, id DESC);
CREATE INDEX session_from ON tapekeeper.session (user_id, ip);
CREATE INDEX session_ends ON tapekeeper.session (expires_at);

CREATE TABLE tapekeeper.api_token (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id      bigint NOT NULL REFERENCES tapekeeper.user_account (id),
  name         text NOT NULL,
  prefix       text COLLATE "C" NOT NULL,
  digest       bytea NOT NULL UNIQUE,
  scopes       text[] COLLATE "C",
  created_at   timestamptz NOT NULL DEFAULT tapekeeper.now(),
  expires_at   timestamptz,
  used_at      timestamptz,
  revoked_at   timestamptz,
  CHECK (scopes <@ ARRAY['data', 'read', 'operate', 'admin'])
);
CREATE INDEX api_token_of ON tapekeeper.api_token (user_id, id DESC);
COMMENT ON COLUMN tapekeeper.api_token.scopes IS 'What of the role of its user it keeps; null is all of it.';

-- A refresh token may be used once. Its second use gives the whole family up, since one of the two was stolen.
CREATE TABLE tapekeeper.refresh_token (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id       bigint NOT NULL REFERENCES tapekeeper.user_account (id),
  family        uuid NOT NULL,
  digest        bytea NOT NULL UNIQUE,
  proof_version int NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT tapekeeper.now(),
  expires_at    timestamptz NOT NULL,
  used_at       timestamptz,
  revoked_at    timestamptz
);
CREATE INDEX refresh_token_family ON tapekeeper.refresh_token (family);
CREATE UNIQUE INDEX refresh_token_live ON tapekeeper.refresh_token (family) WHERE used_at IS NULL AND revoked_at IS NULL;
CREATE INDEX refresh_token_ends ON tapekeeper.refresh_token (expires_at);

-- Tries to log in, by account, by address and of all; nobody can lock another person out for good. A try is counted
-- before it is looked at, and taken back when it went well.
CREATE TABLE tapekeeper.login_throttle (
  subject     text COLLATE "C" PRIMARY KEY,
  tries       int NOT NULL DEFAULT 0,
  tried_at    timestamptz NOT NULL DEFAULT tapekeeper.now(),
  open_at     timestamptz NOT NULL DEFAULT tapekeeper.now()
);
CREATE INDEX login_throttle_by_time ON tapekeeper.login_throttle (tried_at);
COMMENT ON COLUMN tapekeeper.login_throttle.subject IS 'Digest of the account or address, or the whole installation.';

-- Made at start where no admin exists; whoever reads the log of the server makes the first one with it, once.
CREATE TABLE tapekeeper.setup_code (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  digest     bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  expires_at timestamptz NOT NULL
);
