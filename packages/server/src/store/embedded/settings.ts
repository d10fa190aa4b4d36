/** Settings of PostgreSQL by name, as its configuration file takes them. */
export type ServerSettings = Readonly<Record<string, string>>;

const GIGABYTE = 1024 ** 3;

/** Log files are cut at this size; how many are kept is for the log's own file to say. */
export const LOG_FILE_MEGABYTES = 8;

/**
 * Settings for a small server of one program: few connections, bulk loads now and then, everything
 * durable. They lie in a file that the cluster includes, so that `ALTER SYSTEM` still wins over them.
 */
export function serverSettings(memoryBytes: number): ServerSettings {
  const large = memoryBytes >= 4 * GIGABYTE;
  return {
    max_connections: '60',
    // a day by day lock on a table of many yearly partitions takes more than the usual 64
    max_locks_per_transaction: '256',
    shared_buffers: large ? '256MB' : '128MB',
    effective_cache_size: large ? '2GB' : '512MB',
    maintenance_work_mem: large ? '128MB' : '64MB',
    work_mem: '16MB',
    fsync: 'on',
    wal_compression: 'on',
    min_wal_size: '128MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    jit: 'off',
    max_logical_replication_workers: '0',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // a program that was killed leaves its statements behind; the server looks whether anybody still listens
    client_connection_check_interval: '5s',
    tcp_keepalives_idle: '30',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '6',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgres-%Y%m%d-%H%M%S.log',
    log_rotation_age: '0',
    log_rotation_size: `${LOG_FILE_MEGABYTES}MB`,
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] %q%u@%d/%a ',
  };
}

/** The text of the configuration file. */
export function settingsText(settings: ServerSettings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return [
    '# Written at every start. Change a setting with ALTER SYSTEM, which wins over this file.',
    ...lines,
    '',
  ].join('\n');
}
