/** What `doctor` says of how the installation is run. */
export const OPERATING_TEXTS = {
  'doctor.listensHere': { en: '{host}, this machine alone', zh: '{host}，仅限本机' },
  'doctor.listensBeyond': { en: '{host}, for others as {names}', zh: '{host}，其他机器可用 {names} 访问' },
  'doctor.noName': {
    en: '{host}, but no name is answered: set TAPEKEEPER_PUBLIC_HOSTS',
    zh: '{host}，但没有可应答的主机名：请设置 TAPEKEEPER_PUBLIC_HOSTS',
  },
  'doctor.noAdmin': {
    en: '{host}, but there is no admin yet who could sign in',
    zh: '{host}，但尚无可登录的管理员',
  },
  'doctor.insecure': {
    en: '{host}, and browsers may sign in without https (TAPEKEEPER_INSECURE_HTTP)',
    zh: '{host}，且允许浏览器不经 https 登录（TAPEKEEPER_INSECURE_HTTP）',
  },
  'doctor.filesClosed': {
    en: 'token and keys are closed to other users',
    zh: '令牌与密钥文件对其他用户不可读',
  },
  'doctor.filesOpen': {
    en: 'others may read what opens the installation: chmod 600 {files}',
    zh: '其他用户可读取开启本安装的文件：请执行 chmod 600 {files}',
  },
  'doctor.noBackup': {
    en: 'none was made yet: enable the job backup_weekly, or "tapekeeper backup FILE"',
    zh: '尚无备份：请启用任务 backup_weekly，或执行 “tapekeeper backup 文件”',
  },
  'doctor.backup': { en: 'the last one was made {days} days ago', zh: '上次备份于 {days} 天前' },
  'doctor.backupOld': {
    en: '("tapekeeper jobs show backup_weekly" says why)',
    zh: '（可用 “tapekeeper jobs show backup_weekly” 查看原因）',
  },
  'doctor.clock': { en: '{seconds} s from that of the database', zh: '与数据库时钟相差 {seconds} 秒' },
  'doctor.clockAhead': {
    en: 'the database is {seconds} s ahead of this machine, and decides when jobs are due: check both clocks',
    zh: '数据库时钟比本机快 {seconds} 秒，且任务到期以数据库为准：请检查两者的时钟',
  },
  'doctor.clockBehind': {
    en: 'the database is {seconds} s behind this machine, and decides when jobs are due: check both clocks',
    zh: '数据库时钟比本机慢 {seconds} 秒，且任务到期以数据库为准：请检查两者的时钟',
  },
  'doctor.diskDays': {
    en: 'the disk may be full in {days} days ("tapekeeper statistics disk")',
    zh: '磁盘最早可能在 {days} 天后写满（“tapekeeper statistics disk”）',
  },
} as const;
