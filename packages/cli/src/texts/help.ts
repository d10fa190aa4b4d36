import type { Bilingual } from './bilingual.ts';

/** What `--help` says. */
export const HELP_TEXTS = {
  'help.tapekeeper': {
    en: 'Keeps a local market database complete, fresh and verified.',
    zh: '让本地行情数据库保持完整、及时、可信。',
  },
  'help.usage': { en: 'Usage:', zh: '用法：' },
  'help.arguments': { en: 'Arguments:', zh: '参数：' },
  'help.options': { en: 'Options:', zh: '选项：' },
  'help.commands': { en: 'Commands:', zh: '命令：' },
  'help.help': { en: 'say how a command is used', zh: '显示命令的用法' },
  'help.init': {
    en: 'take a token, check it and its rights, make the database',
    zh: '录入令牌，检查令牌与权限，创建数据库',
  },
  'help.start': { en: 'run the server: worker, API and page', zh: '启动服务：采集、接口与页面' },
  'help.sync': { en: 'collect what a data set lacks', zh: '采集数据集中缺少的数据' },
  'help.repair': {
    en: 'fill gaps between the first covered day and the last final one',
    zh: '补齐首个已覆盖日至最近确定日之间的缺口',
  },
  'help.status': {
    en: 'say what runs, where the data lie, what is going on',
    zh: '显示运行情况、数据位置与进行中的任务',
  },
  'help.runs': { en: 'list runs, or show one of them', zh: '列出运行，或查看其中一个' },
  'help.coverage': { en: 'say how complete and fresh the data are', zh: '显示数据的完整程度与新鲜程度' },
  'help.why': {
    en: 'explain one cell: covered by whom and when, or why it is missing',
    zh: '解释一个单元格：由谁、何时覆盖，或为何缺失',
  },
  'help.accept': {
    en: 'count gaps no longer, with reason and author',
    zh: '确认缺口可以接受，并记录原因与确认人',
  },
  'help.quarantine': { en: 'look at refused rows and decide about them', zh: '查看并处理被隔离的行' },
  'help.quarantineList': { en: 'list refused rows, newest first', zh: '列出被隔离的行，最新在前' },
  'help.quarantineShow': { en: 'show one refused row with everything', zh: '查看一行被隔离的数据及其详情' },
  'help.quarantineCounts': { en: 'count refused rows by rule', zh: '按规则统计被隔离的行' },
  'help.quarantineRelease': {
    en: 'judge held rows again and let in what passes',
    zh: '重新检验被隔离的行，合格者放行',
  },
  'help.quarantineDiscard': { en: 'throw held rows away, with a reason', zh: '丢弃被隔离的行，并说明原因' },
  'help.revisions': {
    en: 'list rows that were corrected, and what they were',
    zh: '列出曾被修正的行及其原值',
  },
  'help.reconcile': {
    en: 'ask other sources for a sample, and say how often they differ',
    zh: '抽样询问其他数据源，并统计差异',
  },
  'help.sets': { en: 'keep named lists of symbols', zh: '管理代码集' },
  'help.setsList': { en: 'list the sets', zh: '列出代码集' },
  'help.setsShow': { en: 'print the symbols of a set', zh: '显示代码集中的代码' },
  'help.setsCreate': { en: 'make a set of symbols, or by a rule', zh: '新建代码集，或按规则生成' },
  'help.setsAdd': { en: 'put symbols into a set', zh: '向代码集加入代码' },
  'help.setsRemove': { en: 'take symbols out of a set', zh: '从代码集移除代码' },
  'help.setsImport': { en: 'fill a set from a text or CSV file', zh: '从文本或 CSV 文件导入代码集' },
  'help.setsExport': { en: 'write the symbols of a set, one a line', zh: '导出代码集，每行一个代码' },
  'help.setsDelete': { en: 'remove a set', zh: '删除代码集' },
  'help.doctor': {
    en: 'look for what would keep the program from working',
    zh: '检查可能妨碍程序工作的问题',
  },
  'help.db': { en: 'reach the database', zh: '访问数据库' },
  'help.dbUrl': {
    en: 'print the address of the database, read-only by default',
    zh: '输出数据库地址，默认为只读角色',
  },
  'help.export': {
    en: 'write a data set into a file, or daily bars into a folder for Qlib',
    zh: '把数据集导出为文件，或把日线导出为 Qlib 目录',
  },
  'help.backup': {
    en: 'write all data into a file, while work goes on',
    zh: '把全部数据写入文件，期间照常工作',
  },
  'help.restore': { en: 'fill a new installation from a backup', zh: '用备份恢复到新的安装' },
  'help.replay': { en: 'serve recorded data as the real sources do', zh: '以真实数据源的协议提供录制的数据' },
  'help.migrate': { en: 'bring the schema up to date', zh: '升级数据库结构' },
  'help.globals': {
    en: '"tapekeeper --help" lists the options of every command: --json, --data-dir, --demo and others.',
    zh: '“tapekeeper --help” 列出各命令通用的选项：--json、--data-dir、--demo 等。',
  },
  'help.exitCodes': {
    en: `Exit codes:
  0   all is well
  1   done, with failed items
  64  the command or its arguments are wrong
  65  a file holds no usable data
  66  what was named is not there
  69  a source, the database or the server cannot be reached
  70  a fault of tapekeeper
  74  the disk is full or cannot be written
  75  another process is at it, or it was stopped: try again later
  77  a token or right is missing
  78  settings or the database do not fit`,
    zh: `退出码：
  0   一切正常
  1   已完成，但有失败的条目
  64  命令或参数有误
  65  文件中没有可用数据
  66  指定的对象不存在
  69  无法连接数据源、数据库或服务
  70  tapekeeper 自身出错
  74  磁盘已满或无法写入
  75  被其他进程占用，或已被停止：请稍后再试
  77  缺少令牌或权限
  78  设置或数据库不相符`,
  },

  'argument.dataset': { en: 'name of a data set, such as daily_bars', zh: '数据集名称，例如 daily_bars' },
  'argument.repairDataset': {
    en: 'name of a data set; default: all that have been collected',
    zh: '数据集名称；默认：所有已采集的数据集',
  },
  'argument.run': { en: 'number of a run', zh: '运行编号' },
  'argument.symbol': { en: 'symbol, such as 600000.SH', zh: '代码，例如 600000.SH' },
  'argument.day': { en: 'day, such as 2024-01-31', zh: '日期，例如 2024-01-31' },
  'argument.backupFile': { en: 'file of the backup', zh: '备份文件' },

  'argument.rowId': { en: 'number of a refused row', zh: '被隔离行的编号' },
  'argument.rowIds': { en: 'numbers of refused rows', zh: '被隔离行的编号' },
  'argument.set': { en: 'name of a symbol set', zh: '代码集名称' },
  'argument.setFile': {
    en: 'text or CSV file, symbols in any spelling',
    zh: '文本或 CSV 文件，代码写法不限',
  },

  'option.version': { en: 'print the version', zh: '显示版本' },
  'option.help': { en: 'say how it is used', zh: '显示用法' },
  'option.demo': {
    en: 'use the demo: replayed data, in a directory of its own',
    zh: '使用演示：回放数据，独立目录',
  },
  'option.json': { en: 'print the result as one line of JSON', zh: '以一行 JSON 输出结果' },
  'option.dataDir': { en: 'directory of the database and secrets', zh: '数据库与密钥所在目录' },
  'option.config': {
    en: 'file of settings; default: settings.json in the data directory',
    zh: '设置文件；默认：数据目录中的 settings.json',
  },
  'option.port': {
    en: 'port of the API and the page; 0 takes a free one',
    zh: '接口与页面的端口；0 表示任选空闲端口',
  },
  'option.host': {
    en: 'address to listen on; default: 127.0.0.1, this machine alone',
    zh: '监听地址；默认：127.0.0.1，仅限本机',
  },
  'option.role': {
    en: 'what the process is for: all, or some of api, scheduler, worker',
    zh: '进程的角色：all，或 api、scheduler、worker 中的若干个',
  },
  'option.databaseUrl': {
    en: 'PostgreSQL to use instead of the embedded one',
    zh: '使用指定的 PostgreSQL，而非内嵌的',
  },
  'option.sources': {
    en: 'sources in the order of asking; "doctor --sources" asks each',
    zh: '数据源及其先后顺序；“doctor --sources” 会逐个询问',
  },
  'option.historyFrom': {
    en: 'first day of a first sync that names none',
    zh: '首次采集未指定起始日时的起始日',
  },
  'option.tushareUrl': { en: 'address of Tushare, or of a mirror', zh: 'Tushare 或其镜像的地址' },
  'option.baostockUrl': {
    en: 'address of BaoStock, tcp://host:port',
    zh: 'BaoStock 的地址，tcp://host:port',
  },
  'option.replayData': {
    en: 'folder of replayed data; default: the bundled sample',
    zh: '回放数据所在目录；默认：自带样例',
  },
  'option.lang': { en: 'language of the output', zh: '输出语言' },
  'option.logLevel': {
    en: 'least level of log lines: debug, info, warn, error, silent',
    zh: '日志最低级别：debug、info、warn、error、silent',
  },
  'option.once': { en: 'with --demo: collect, then exit', zh: '与 --demo 合用：采集后退出' },
  'option.tokenStdin': { en: 'read the token from standard input', zh: '从标准输入读取令牌' },
  'option.syncFrom': {
    en: 'first day; default: the first covered one, or a year back',
    zh: '起始日；默认：首个已覆盖日，或一年前',
  },
  'option.syncTo': { en: 'last day; default: the last final one', zh: '结束日；默认：最近的确定日' },
  'option.symbols': {
    en: 'symbols with commas, or @file; default: all',
    zh: '以逗号分隔的代码，或 @文件；默认：全部',
  },
  'option.source': { en: 'only these sources, in this order', zh: '仅用这些数据源，按此顺序' },
  'option.force': { en: 'ask again for what is covered', zh: '已覆盖的也重新采集' },
  'option.dryRun': { en: 'only say what would be done', zh: '只说明将要做什么' },
  'option.wait': { en: 'wait for the end; this is the default', zh: '等待结束；默认如此' },
  'option.noWait': {
    en: 'do not wait for the end; needs a running server',
    zh: '不等待结束；需要服务正在运行',
  },
  'option.state': { en: 'only these states, with commas', zh: '仅列出这些状态，以逗号分隔' },
  'option.dataset': { en: 'data set', zh: '数据集' },
  'option.limit': { en: 'how many; default: 20', zh: '数量；默认：20' },
  'option.from': { en: 'first day', zh: '起始日' },
  'option.to': { en: 'last day', zh: '结束日' },
  'option.out': { en: 'file to write', zh: '输出文件' },
  'option.format': { en: 'format; default: by the name of the file', zh: '格式；默认：由文件名决定' },
  'option.qlib': {
    en: 'folder to write for Qlib: daily bars, adjusted by their factors',
    zh: '输出 Qlib 目录：按复权因子调整的日线',
  },
  'option.adjust': {
    en: 'prices of bars: qfq to the last day, hfq from the first',
    zh: '行情复权：qfq 前复权，hfq 后复权',
  },
  'option.asOf': {
    en: 'what was believed then: a day, or an instant with its zone',
    zh: '当时的数据：日期，或带时区的时刻',
  },
  'option.columns': { en: 'columns with commas; default: all', zh: '以逗号分隔的列；默认：全部' },
  'option.interval': {
    en: 'minutes of minute_bars: 5, 15, 30, 60',
    zh: 'minute_bars 的分钟数：5、15、30、60',
  },
  'option.forceFile': { en: 'write over what is there', zh: '覆盖已有的文件' },
  'option.runtime': { en: 'the role that may change rows', zh: '可修改数据的角色' },
  'option.owner': { en: 'the role that may change everything', zh: '可修改一切的角色' },
  'option.tusharePort': { en: 'port of Tushare; default: a free one', zh: 'Tushare 端口；默认：空闲端口' },
  'option.generate': {
    en: 'serve a market that is made up, of so many stocks (5500), in place of a folder',
    zh: '改为提供一个生成的市场，股票数可指定（默认 5500）',
  },
  'option.seed': {
    en: 'seed of the generated market: the same gives the same bytes',
    zh: '生成市场的种子，相同种子结果相同',
  },
  'option.generateFrom': { en: 'first day of the generated market', zh: '生成市场的首日' },
  'option.generateTo': { en: 'last day of the generated market', zh: '生成市场的末日' },
  'option.aksharePort': {
    en: 'port of the public endpoints that AKShare wraps; default: a free one',
    zh: 'AKShare 所封装公开接口的端口；默认：空闲端口',
  },
  'option.akshareUrl': {
    en: 'address that stands in for the public endpoints that AKShare wraps',
    zh: '代替 AKShare 所封装公开接口的地址',
  },
  'option.baostockPort': { en: 'port of BaoStock; default: a free one', zh: 'BaoStock 端口；默认：空闲端口' },
  'option.faults': { en: 'file of faults to show, JSON', zh: '故障脚本文件，JSON' },
  'option.latency': { en: 'milliseconds before each answer', zh: '每次应答前的毫秒数' },
  'option.acceptTo': { en: 'last day; default: the first alone', zh: '结束日；默认：仅起始日' },
  'option.acceptList': { en: 'list what has been accepted', zh: '列出已确认的缺失' },
  'option.revoke': { en: 'count the gaps of this number again', zh: '撤销该编号的确认' },
  'option.reason': { en: 'why; kept', zh: '原因，会被记录' },
  'option.author': { en: 'who does it; default: the user of this machine', zh: '操作人；默认：本机用户' },
  'option.rule': { en: 'only rows refused by this rule', zh: '仅列出被该规则拒绝的行' },
  'option.ofSource': { en: 'only rows of this source', zh: '仅列出该数据源的行' },
  'option.quarantineState': {
    en: 'held (default), replayed or discarded',
    zh: 'held（默认）、replayed 或 discarded',
  },
  'option.before': { en: 'only what has a smaller number: the next page', zh: '仅列出编号更小的：下一页' },
  'option.forceRelease': {
    en: 'let in what is refused once more; needs --reason',
    zh: '即使再次不合格也放行；需要 --reason',
  },
  'option.since': {
    en: 'only corrections from then on, 2024-01-31T09:30:00Z',
    zh: '仅此时刻起的修正，2024-01-31T09:30:00Z',
  },
  'option.until': { en: 'only corrections before', zh: '仅此时刻之前的修正' },
  'option.reconcileDay': {
    en: 'day of the sample; default: the last final one',
    zh: '抽样日；默认：最近的确定日',
  },
  'option.sample': { en: 'how many cells; default: 50', zh: '抽样数量；默认：50' },
  'option.sampleSeed': { en: 'takes a former sample again', zh: '随机种子，用于重复某次抽样' },
  'option.reconcileList': { en: 'list what has been compared', zh: '列出以往的核对' },
  'option.setVersion': {
    en: 'the version that you have seen; another one is refused',
    zh: '您看到的版本；若已变化则拒绝',
  },
  'option.setSymbols': {
    en: 'symbols in any spelling, with commas, or @file',
    zh: '以逗号分隔的代码（写法不限），或 @文件',
  },
  'option.setRule': {
    en: 'all, board:main|star|chinext|bse or exchange:XSHG|XSHE|XBSE',
    zh: 'all、board:main|star|chinext|bse 或 exchange:XSHG|XSHE|XBSE',
  },
  'option.title': { en: 'what people call it', zh: '显示名称' },
  'option.replace': { en: 'the file is all that the set holds', zh: '以文件内容替换整个代码集' },
  'option.setOut': { en: 'file to write; it must not be there', zh: '写入的文件，不得已存在' },
  'option.migrateStatus': { en: 'only say where the schema stands', zh: '只显示数据库结构的版本' },
} as const satisfies Record<string, Bilingual>;
