/**
 * Every error the product can raise: one line each with its text, HTTP status, exit code of the
 * command line, and what a caller may expect of another try. The docs page is made from this table.
 */

/** Exit codes of the command line, after sysexits(3). */
export const EXIT = {
  ok: 0,
  /** The run ended, with failed items. */
  partial: 1,
  usage: 64,
  dataError: 65,
  notFound: 66,
  unavailable: 69,
  internal: 70,
  io: 74,
  /** Another process holds what is needed; try later. */
  busy: 75,
  noPermission: 77,
  config: 78,
} as const;

interface ErrorSpec {
  /** English text; `{name}` is filled from the details. */
  readonly text: string;
  /** Chinese text. */
  readonly zh: string;
  readonly status: number;
  readonly exit: number;
  readonly retry: 'never' | 'later' | 'now';
}

const spec = <T extends Record<string, ErrorSpec>>(table: T): Readonly<T> => Object.freeze(table);

export const ERRORS = spec({
  // questions that cannot be answered as put
  usage: {
    text: '{problem} "tapekeeper {command}--help" says what there is.',
    zh: '{problem}可用 “tapekeeper {command}--help” 查看用法。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  unknown_dataset: {
    text: 'There is no data set "{dataset}".{hint} Known: {known}.',
    zh: '没有数据集“{dataset}”。{hint}可用：{known}。',
    status: 404,
    exit: EXIT.usage,
    retry: 'never',
  },
  unknown_symbol: {
    text: 'Unknown symbol "{symbol}". Write it as 600000.SH; if it is newly listed, run "tapekeeper sync stock_basics" first.',
    zh: '未知代码“{symbol}”。请写成 600000.SH；若为新上市，请先运行 “tapekeeper sync stock_basics”。',
    status: 404,
    exit: EXIT.usage,
    retry: 'never',
  },
  unknown_source: {
    text: 'There is no source "{source}". Known: {known}.',
    zh: '没有数据源“{source}”。可用：{known}。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  unknown_run: {
    text: 'There is no run {run}. "tapekeeper runs" lists them.',
    zh: '没有运行 {run}。可用 “tapekeeper runs” 查看。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  bad_day: {
    text: '"{value}" is not a day. Write it as 2024-01-31.',
    zh: '“{value}” 不是日期。请写成 2024-01-31。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  day_order: {
    text: 'The end {to} lies before the start {from}. Swap them.',
    zh: '结束日期 {to} 早于开始日期 {from}，请对调。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  future_day: {
    text: '{day} lies in the future: the last day that can be collected is {last}.',
    zh: '{day} 在未来：目前最多可采集到 {last}。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  bad_request: {
    text: 'The request is not valid: {problem}',
    zh: '请求无效：{problem}',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  no_factors: {
    text: 'There are no adjustment factors of {what}, so its prices cannot be adjusted. Run "tapekeeper sync adj_factors", or ask without adjust.',
    zh: '没有 {what} 的复权因子，无法复权。请先运行 “tapekeeper sync adj_factors”，或不使用 adjust。',
    status: 409,
    exit: EXIT.notFound,
    retry: 'never',
  },
  too_many_readers: {
    text: '{count} downloads are under way, which is as many as there may be. Try again when one has ended, or ask page by page with format=json.',
    zh: '已有 {count} 个下载在进行，达到上限。请待其中一个结束后重试，或使用 format=json 分页读取。',
    status: 503,
    exit: EXIT.busy,
    retry: 'later',
  },
  file_exists: {
    text: '{file} is there already. Name another one, or write over it with --force.',
    zh: '{file} 已存在。请换一个名称，或使用 --force 覆盖。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  source_lacks_dataset: {
    text: 'No source in use can serve {dataset}{detail}. "tapekeeper doctor" shows what each can give.',
    zh: '当前没有可用数据源能提供 {dataset}{detail}。可用 “tapekeeper doctor” 查看。',
    status: 409,
    exit: EXIT.unavailable,
    retry: 'never',
  },
  not_found: {
    text: 'There is nothing at {path}.',
    zh: '{path} 不存在。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  forbidden_host: {
    text: 'This server does not answer for the host "{host}". Use http://127.0.0.1:{port}.',
    zh: '本服务不应答主机名“{host}”，请使用 http://127.0.0.1:{port}。',
    status: 421,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  forbidden_origin: {
    text: 'Requests from another web page are refused.',
    zh: '拒绝来自其他网页的请求。',
    status: 403,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  proxied: {
    text: 'This server answers this machine alone; the request came through a proxy ("{header}").',
    zh: '本服务只应答本机；该请求经过了代理（“{header}”）。',
    status: 403,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  body_too_large: {
    text: 'The body of the request is longer than {limit} bytes.',
    zh: '请求体超过 {limit} 字节。',
    status: 413,
    exit: EXIT.usage,
    retry: 'never',
  },
  not_json: {
    text: 'The body of the request must be JSON: send it with "Content-Type: application/json".',
    zh: '请求体必须是 JSON：请使用 “Content-Type: application/json”。',
    status: 415,
    exit: EXIT.usage,
    retry: 'never',
  },
  token_required: {
    text: 'This needs the token of {file}: send it as "Authorization: Bearer ...".',
    zh: '此操作需要 {file} 中的令牌：请以 “Authorization: Bearer ...” 发送。',
    status: 401,
    exit: EXIT.noPermission,
    retry: 'never',
  },

  // what an upstream answered; `retry` is what the worker may do
  rate_limited: {
    text: '{source} allows no more calls this minute: {message}',
    zh: '{source} 本分钟调用已达上限：{message}',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  quota_exhausted: {
    text: '{source} allows no more calls for now: {message}',
    zh: '{source} 调用额度已用完：{message}',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  permission_denied: {
    text: '{source} refuses "{api}" to this token: {message}',
    zh: '{source} 的令牌无权访问“{api}”：{message}',
    status: 409,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  bad_token: {
    text: '{source} does not accept the token: {message} Set TUSHARE_TOKEN, or run "tapekeeper init".',
    zh: '{source} 不接受该令牌：{message} 请设置 TUSHARE_TOKEN 或运行 “tapekeeper init”。',
    status: 409,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  banned: {
    text: '{source} has shut this address out: {message} It is left alone until {until}.',
    zh: '{source} 已封禁本机地址：{message} 在 {until} 之前不再访问。',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'never',
  },
  transport: {
    text: '{source} cannot be reached at {host}: {message}',
    zh: '无法连接 {source}（{host}）：{message}',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'now',
  },
  timeout: {
    text: '{source} at {host} did not answer in time ({phase}, {seconds} s).',
    zh: '{source}（{host}）未及时应答（{phase}，{seconds} 秒）。',
    status: 504,
    exit: EXIT.unavailable,
    retry: 'now',
  },
  malformed: {
    text: '{source} sent something that cannot be read: {message}',
    zh: '{source} 返回了无法解析的内容：{message}',
    status: 502,
    exit: EXIT.unavailable,
    retry: 'now',
  },
  empty: {
    text: '{source} sent no rows for {question}, though there should be some.',
    zh: '{source} 对 {question} 没有返回数据，而本应有数据。',
    status: 502,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  not_ready: {
    text: '{source} has published {rows} rows of {dataset} for {day} so far, of about {usual}. It is asked again later.',
    zh: '{source} 目前只发布了 {day} 的 {dataset} {rows} 行（通常约 {usual} 行），稍后会再次请求。',
    status: 502,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  derived_dataset: {
    text: '{dataset} are computed from {base} when they are read. Sync {base} instead.',
    zh: '{dataset} 在读取时由 {base} 计算得出，请同步 {base}。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  upstream_refused: {
    text: '{source} refused the call: {message}',
    zh: '{source} 拒绝了调用：{message}',
    status: 502,
    exit: EXIT.unavailable,
    retry: 'never',
  },
  breaker_open: {
    text: '{host} is left alone until {until}: {reason}',
    zh: '在 {until} 之前不访问 {host}：{reason}',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'later',
  },

  // the installation
  data_dir_busy: {
    text: '{dir} is in use by tapekeeper (process {pid}, since {since}). Use that one ("tapekeeper status"), or choose another directory with --data-dir, or point both at one server with DATABASE_URL.',
    zh: '{dir} 正由 tapekeeper 使用（进程 {pid}，始于 {since}）。请使用它（“tapekeeper status”），或用 --data-dir 另选目录，或用 DATABASE_URL 让两者共用一个数据库。',
    status: 409,
    exit: EXIT.busy,
    retry: 'later',
  },
  data_dir_unusable: {
    text: 'The data directory {dir} cannot be used: {message} Choose another with --data-dir or TAPEKEEPER_DATA_DIR.',
    zh: '数据目录 {dir} 不可用：{message} 请用 --data-dir 或 TAPEKEEPER_DATA_DIR 另选目录。',
    status: 500,
    exit: EXIT.io,
    retry: 'never',
  },
  port_taken: {
    text: 'Port {port} is taken. Choose another with --port or TAPEKEEPER_PORT.',
    zh: '端口 {port} 已被占用。请用 --port 或 TAPEKEEPER_PORT 另选端口。',
    status: 500,
    exit: EXIT.busy,
    retry: 'never',
  },
  no_embedded_server: {
    text: 'There is no embedded PostgreSQL for {platform}. Set DATABASE_URL to a PostgreSQL 15 or newer.',
    zh: '没有适用于 {platform} 的内嵌 PostgreSQL。请将 DATABASE_URL 指向 PostgreSQL 15 或更新版本。',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  database_start_failed: {
    text: 'The embedded PostgreSQL in {dir} did not start: {message}',
    zh: '{dir} 中的内嵌 PostgreSQL 未能启动：{message}',
    status: 500,
    exit: EXIT.unavailable,
    retry: 'never',
  },
  database_unreachable: {
    text: 'The database at {host} cannot be reached: {message} Check DATABASE_URL and that the server runs.',
    zh: '无法连接数据库 {host}：{message} 请检查 DATABASE_URL 以及数据库是否在运行。',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  database_too_old: {
    text: 'The server runs PostgreSQL {version}; 15 or newer is needed.',
    zh: '数据库版本为 PostgreSQL {version}，需要 15 或更新版本。',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  schema_newer: {
    text: 'The database has schema {found}, this program knows {known}. Install the newer tapekeeper, or restore a backup made by this one. Nothing was changed.',
    zh: '数据库结构版本为 {found}，本程序只支持到 {known}。请安装更新的 tapekeeper，或恢复由本版本制作的备份。未作任何修改。',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  schema_changed: {
    text: 'Migration {version} of the database is not the one of this program. Restore a backup, or install the release that made this database. Nothing was changed.',
    zh: '数据库的迁移 {version} 与本程序不一致。请恢复备份，或安装创建该数据库的版本。未作任何修改。',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  mode_mismatch: {
    text: 'This database holds {stamped} data and cannot be used in {asked} mode. Choose another directory with --data-dir (the demo keeps its own).',
    zh: '该数据库保存的是 {stamped} 数据，不能用于 {asked} 模式。请用 --data-dir 另选目录（演示有自己的目录）。',
    status: 409,
    exit: EXIT.config,
    retry: 'never',
  },
  disk_full: {
    text: 'Only {free} MB are free in {dir}, {needed} MB are needed. Free some space; work goes on by itself.',
    zh: '{dir} 仅剩 {free} MB，需要 {needed} MB。请释放空间，之后会自动继续。',
    status: 507,
    exit: EXIT.io,
    retry: 'later',
  },
  backup_unreadable: {
    text: '{file} is not a whole backup of tapekeeper: {problem}',
    zh: '{file} 不是完整的 tapekeeper 备份：{problem}',
    status: 400,
    exit: EXIT.dataError,
    retry: 'never',
  },
  restore_not_empty: {
    text: 'The database already holds data. Restore into an empty one: choose another --data-dir. Nothing was changed.',
    zh: '数据库中已有数据。请恢复到空库：用 --data-dir 另选目录。未作任何修改。',
    status: 409,
    exit: EXIT.config,
    retry: 'never',
  },
  file_unwritable: {
    text: '{file} cannot be written: {message}',
    zh: '无法写入 {file}：{message}',
    status: 500,
    exit: EXIT.io,
    retry: 'never',
  },
  no_database: {
    text: 'There is no database in {dir} yet. "tapekeeper init" or "tapekeeper start" makes one; --data-dir names another.',
    zh: '{dir} 中还没有数据库。可用 “tapekeeper init” 或 “tapekeeper start” 创建，或用 --data-dir 另选目录。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  database_stopped: {
    text: 'The database in {dir} does not run now. Start it with "tapekeeper start", and ask again.',
    zh: '{dir} 中的数据库当前未运行。请先运行 “tapekeeper start”，然后重试。',
    status: 409,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  no_reader: {
    text: 'The role of DATABASE_URL may make no others, so there is no read-only one. Ask with --runtime or --owner.',
    zh: 'DATABASE_URL 的角色无权创建其他角色，因此没有只读角色。请使用 --runtime 或 --owner。',
    status: 409,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  server_gone: {
    text: 'The tapekeeper at {url} has stopped answering: {message} What it had written is kept.',
    zh: '{url} 的 tapekeeper 已停止应答：{message} 已写入的数据不会丢失。',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  bad_setting: {
    text: 'Settings are wrong: {problem}',
    zh: '设置有误：{problem}',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  replay_data_missing: {
    text: 'There is no replay data in {dir}: {message}',
    zh: '{dir} 中没有回放数据：{message}',
    status: 500,
    exit: EXIT.notFound,
    retry: 'never',
  },
  lease_lost: {
    text: 'Another worker has taken over shard {shard} of run {run}; this one stopped without writing.',
    zh: '运行 {run} 的分片 {shard} 已由其他工作者接管；本工作者已停止且未写入。',
    status: 409,
    exit: EXIT.internal,
    retry: 'never',
  },
  interrupted: {
    text: 'Stopped on request.',
    zh: '已按要求停止。',
    status: 503,
    exit: EXIT.busy,
    retry: 'later',
  },
  internal: {
    text: 'Something went wrong inside tapekeeper: {message}',
    zh: 'tapekeeper 内部错误：{message}',
    status: 500,
    exit: EXIT.internal,
    retry: 'never',
  },
});

export type ErrorCode = keyof typeof ERRORS;
export type Language = 'en' | 'zh';
