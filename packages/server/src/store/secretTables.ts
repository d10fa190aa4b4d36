/**
 * Tables that the role of readers must not see: what is sealed, what proves who people are, and where notices go.
 * The rest of the database is there for notebooks.
 */
export const SECRET_TABLES: readonly string[] = [
  'tapekeeper.secret',
  'tapekeeper.secret_key',
  'tapekeeper.channel',
  'tapekeeper.notice',
  'tapekeeper.user_account',
  'tapekeeper.session',
  'tapekeeper.api_token',
  'tapekeeper.refresh_token',
  'tapekeeper.login_throttle',
  'tapekeeper.setup_code',
];
