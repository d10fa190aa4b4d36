import type { Bilingual } from './bilingual.ts';

/** Sentences of the output. */
export const OUTPUT_TEXTS = {
  'usage.unknownCommand': { en: 'There is no command "{what}".', zh: '没有命令“{what}”。' },
  'usage.unknownOption': { en: 'There is no option "{what}".', zh: '没有选项“{what}”。' },
  'usage.missingArgument': { en: 'The argument "{what}" is missing.', zh: '缺少参数“{what}”。' },
  'usage.optionMissingArgument': { en: 'The option "{what}" needs a value.', zh: '选项“{what}”需要一个值。' },
  'usage.excessArguments': { en: 'There are too many arguments.', zh: '参数过多。' },
  'usage.invalidArgument': { en: 'The value of "{what}" is not allowed.', zh: '“{what}”的值无效。' },
  'usage.didYouMean': { en: ' Did you mean {near}?', zh: '是否想输入 {near}？' },
  'usage.sources': {
    en: 'The option "--sources" needs a list, such as tushare,baostock.',
    zh: '选项“--sources”需要列表，例如 tushare,baostock。',
  },
  'usage.number': {
    en: '{name} is "{text}", which is no whole number.',
    zh: '{name} 为“{text}”，不是整数。',
  },
  'usage.noSymbols': { en: '"{text}" holds no symbols.', zh: '“{text}”中没有代码。' },
  'usage.file': { en: '{file} cannot be read: {reason}.', zh: '无法读取 {file}：{reason}。' },
  'usage.state': {
    en: '"{word}" is no state of a run. Known: {known}.',
    zh: '“{word}”不是运行状态。可用：{known}。',
  },
  'usage.setRule': {
    en: '"{text}" is no rule: write all, board:star or exchange:XSHG.',
    zh: '“{text}”不是规则：请写 all、board:star 或 exchange:XSHG。',
  },
  'usage.noWait': {
    en: 'Without a running server nobody else would do the work: leave out --no-wait, or run "tapekeeper start".',
    zh: '没有正在运行的服务，无人代为采集：请去掉 --no-wait，或先运行 “tapekeeper start”。',
  },
  'usage.exportTarget': {
    en: 'An export needs a data set and --out FILE, or --qlib DIR.',
    zh: '导出需要数据集与 --out 文件，或 --qlib 目录。',
  },
  'usage.qlib': {
    en: '--qlib writes daily bars, adjusted: it takes --symbols, --from, --to and --as-of, and no other data set.',
    zh: '--qlib 导出复权日线：只可与 --symbols、--from、--to、--as-of 合用，不能指定其他数据集。',
  },
  'usage.format': {
    en: 'The name of {file} does not say in which format: give --format, one of {known}.',
    zh: '无法从 {file} 的名称判断格式：请用 --format 指定（{known}）。',
  },
  'usage.once': { en: '--once goes with --demo.', zh: '--once 需与 --demo 合用。' },

  'stop.asked': { en: 'Stopping; a second Ctrl-C ends at once.', zh: '正在停止；再次按 Ctrl-C 将立即结束。' },

  'progress.planning': { en: 'planning', zh: '正在制订计划' },
  'progress.nothing': { en: 'nothing is missing', zh: '没有缺失' },
  'progress.lists': { en: 'reading the calendar and the stock list first', zh: '先读取交易日历与股票列表' },
  'progress.symbols': { en: '{done}/{total} symbols', zh: '代码 {done}/{total}' },
  'progress.rows': { en: '{rows} rows', zh: '{rows} 行' },
  'progress.rate': { en: '{rate} rows/s', zh: '{rate} 行/秒' },
  'progress.eta': { en: '{eta} left', zh: '剩余 {eta}' },

  'sync.requested': {
    en: 'Run {run} of {dataset} is under way. "tapekeeper runs {run}" shows how it gets on.',
    zh: '{dataset} 的运行 {run} 已开始。可用 “tapekeeper runs {run}” 查看进展。',
  },
  'sync.joined': {
    en: 'Run {run} of the same question is still open: following that one.',
    zh: '相同要求的运行 {run} 尚未结束：改为跟随它。',
  },
  'sync.takesOver': {
    en: 'The process that did the work has ended; run {run} goes on.',
    zh: '执行的进程已结束；运行 {run} 将继续。',
  },
  'sync.stoppedHere': {
    en: 'Stopped. Run {run} stays open; the next "tapekeeper start" or the same sync goes on where it was.',
    zh: '已停止。运行 {run} 保留，下次 “tapekeeper start” 或同样的采集会从中断处继续。',
  },
  'sync.stoppedWatching': {
    en: 'The server goes on with run {run}. "tapekeeper runs {run}" shows how it gets on.',
    zh: '服务会继续运行 {run}。可用 “tapekeeper runs {run}” 查看进展。',
  },
  'sync.failed': {
    en: 'Run {run} failed: none of its items came through. "tapekeeper doctor --sources" shows what the sources answer.',
    zh: '运行 {run} 失败：没有一个条目成功。可用 “tapekeeper doctor --sources” 查看数据源的应答。',
  },
  'sync.withErrors': {
    en: 'Something was left undone: "tapekeeper runs {run}" says what, "tapekeeper repair {dataset}" tries again.',
    zh: '有未完成的部分：“tapekeeper runs {run}” 查看详情，“tapekeeper repair {dataset}” 重试。',
  },
  'sync.notDone': { en: 'Run {run} ended as {state}.', zh: '运行 {run} 以 {state} 结束。' },
  'repair.nothing': {
    en: 'Nothing has been collected yet, so there is nothing to repair.',
    zh: '尚未采集任何数据，无需补缺。',
  },
  'runs.none': {
    en: 'No runs yet. "tapekeeper sync daily_bars" begins one.',
    zh: '还没有运行。可用 “tapekeeper sync daily_bars” 开始。',
  },
  'coverage.worst': {
    en: '{dataset}: {symbols} symbols with gaps, the worst first',
    zh: '{dataset}：{symbols} 个代码有缺口，缺口最多者在前',
  },
  'coverage.repair': {
    en: '"tapekeeper repair {dataset}" fills them.',
    zh: '可用 “tapekeeper repair {dataset}” 补齐。',
  },

  'accept.done': {
    en: '{cells} gaps are counted no longer (number {id}).',
    zh: '{cells} 个缺口不再计入（编号 {id}）。',
  },
  'accept.would': { en: '{cells} gaps would be accepted:', zh: '将确认 {cells} 个缺口：' },
  'accept.nothing': { en: 'There is no gap, so nothing was accepted.', zh: '没有缺口，无需确认。' },
  'accept.others': {
    en: 'The rest stays as it is: {covered} covered, {suspended} suspended, {absent} absent, {accepted} accepted before.',
    zh: '其余不变：已覆盖 {covered}，停牌 {suspended}，无数据 {absent}，先前已确认 {accepted}。',
  },
  'accept.openDays': { en: '{days} days are not final yet.', zh: '有 {days} 天尚未定稿。' },
  'accept.none': { en: 'No gap has been accepted.', zh: '尚未确认任何缺口。' },
  'accept.revoked': {
    en: 'The {cells} gaps of number {id} count again.',
    zh: '编号 {id} 的 {cells} 个缺口重新计入。',
  },
  'page.next': { en: 'More with --before {id}.', zh: '更多内容：--before {id}。' },
  'quarantine.none': { en: 'No such rows.', zh: '没有这样的行。' },
  'quarantine.wants': { en: 'The rule {rule} wants that {wants}.', zh: '规则 {rule} 要求{wants}。' },
  'quarantine.settled': { en: '{state} {at} {by} {reason}', zh: '{state} {at} {by} {reason}' },
  'quarantine.discarded': {
    en: '{done} of {asked} rows were thrown away.',
    zh: '已丢弃 {asked} 行中的 {done} 行。',
  },
  'revisions.none': { en: 'Nothing has been corrected.', zh: '没有修正记录。' },
  'reconcile.begun': {
    en: 'Comparison {id} of {day} is under way (seed {seed}).',
    zh: '{day} 的核对 {id} 正在进行（种子 {seed}）。',
  },
  'reconcile.done': {
    en: '{dataset} {day}: {cells} cells compared, {calls} calls.',
    zh: '{dataset} {day}：核对 {cells} 个单元格，调用 {calls} 次。',
  },
  'reconcile.failed': { en: 'The comparison failed: {message}', zh: '核对失败：{message}' },
  'reconcile.more': {
    en: 'Only the first {count} differences; GET /v1/reconciliations/{id}/mismatches has all.',
    zh: '仅显示前 {count} 条差异；全部见 GET /v1/reconciliations/{id}/mismatches。',
  },
  'reconcile.none': { en: 'Nothing has been compared yet.', zh: '尚未进行过核对。' },
  'sets.none': {
    en: 'No sets yet. "tapekeeper sets create NAME" makes one.',
    zh: '尚无代码集。可用 “tapekeeper sets create 名称” 新建。',
  },
  'sets.changed': {
    en: '{name}: {members} symbols, version {version} ({added} in, {removed} out).',
    zh: '{name}：{members} 个代码，版本 {version}（加入 {added}，移除 {removed}）。',
  },
  'sets.would': { en: '{count} symbols would go into {name}.', zh: '将有 {count} 个代码进入 {name}。' },
  'sets.exported': {
    en: '{count} symbols of {name} are in {file}.',
    zh: '{name} 的 {count} 个代码已写入 {file}。',
  },
  'sets.deleted': {
    en: '{name} is gone, with its {members} symbols.',
    zh: '已删除 {name} 及其 {members} 个代码。',
  },

  'start.page': { en: 'page', zh: '页面' },
  'start.sources': { en: 'sources', zh: '数据源' },
  'start.stop': { en: 'Running; Ctrl-C stops.', zh: '运行中；按 Ctrl-C 停止。' },
  'start.stopping': {
    en: 'Stopping; what is under way goes on with the next start. A second Ctrl-C ends at once.',
    zh: '正在停止；未完成的部分会在下次启动时继续。再次按 Ctrl-C 将立即结束。',
  },
  'demo.sum': {
    en: '{rows} rows in {calls} calls and {time}.',
    zh: '共 {rows} 行，{calls} 次调用，用时 {time}。',
  },
  'demo.complete': { en: 'Everything was there already: no calls.', zh: '数据已齐全：无需调用。' },
  'demo.failed': { en: '{failed} failed.', zh: '失败 {failed}。' },
  'next.page': { en: 'Look at it', zh: '查看页面' },
  'next.init': { en: 'Add a token', zh: '录入令牌' },
  'next.sync': { en: 'Collect', zh: '开始采集' },
  'next.coverage': { en: 'How complete', zh: '完整程度' },
  'next.why': { en: 'Why one cell', zh: '解释单元格' },
  'next.psql': { en: 'Ask with SQL', zh: '用 SQL 查询' },
  'next.real': { en: 'Real data', zh: '真实数据' },

  'init.about': {
    en: 'Tushare Pro serves with a token (https://tushare.pro, personal page). BaoStock needs none.',
    zh: 'Tushare Pro 需要令牌（https://tushare.pro 个人主页）；BaoStock 不需要。',
  },
  'init.askToken': {
    en: 'Token (not shown; Enter goes without): ',
    zh: '令牌（不显示；直接回车则不使用）：',
  },
  'init.askOtherToken': {
    en: 'Token (not shown; Enter keeps the known one): ',
    zh: '令牌（不显示；直接回车则沿用已有的）：',
  },
  'init.checking': { en: 'Asking {source} at {host} …', zh: '正在询问 {source}（{host}）…' },
  'init.nothingReached': {
    en: 'No source could be reached, so nothing was kept. Check the network and run "tapekeeper init" again.',
    zh: '所有数据源均无法连接，未作任何保存。请检查网络后重新运行 “tapekeeper init”。',
  },
  'init.database': { en: 'The database is ready in {dir}.', zh: '数据库已就绪：{dir}。' },
  'init.tokenKept': {
    en: 'The token is kept in {file}, for this user only.',
    zh: '令牌保存在 {file}，仅本用户可读。',
  },
  'init.tokenKeptAsSecret': {
    en: 'The token is kept as the secret {name}, encrypted in the database.',
    zh: '令牌已加密保存在数据库中，名称为 {name}。',
  },
  'init.noToken': { en: 'No token was given: Tushare is left out.', zh: '未提供令牌：不使用 Tushare。' },
  'init.tokenUnchecked': {
    en: 'Tushare could not be reached, so the token was not checked and not kept.',
    zh: '无法连接 Tushare，令牌未经检查，未予保存。',
  },
  'init.restart': {
    en: 'A server is running here: restart it to use the token.',
    zh: '此处有服务正在运行：重启后才会使用该令牌。',
  },
  'init.next': {
    en: 'Next: "tapekeeper start", then "tapekeeper sync daily_bars".',
    zh: '下一步：“tapekeeper start”，然后 “tapekeeper sync daily_bars”。',
  },
  'rights.ok': { en: 'answers ({ms} ms)', zh: '正常（{ms} 毫秒）' },
  'rights.nobody': { en: 'nobody', zh: '无' },

  'doctor.willMake': { en: '{dir} (made at the first start)', zh: '{dir}（首次启动时创建）' },
  'doctor.free': { en: '{free} free, {needed} needed', zh: '剩余 {free}，需要 {needed}' },
  'doctor.noDatabase': { en: 'none yet, the first start makes it', zh: '尚无，首次启动时创建' },
  'doctor.pending': { en: '(the next start brings it up to date)', zh: '（下次启动时升级）' },
  'doctor.serves': { en: 'tapekeeper answers at {url}', zh: 'tapekeeper 正在 {url} 提供服务' },
  'doctor.portFree': { en: '{port} is free', zh: '{port} 空闲' },
  'doctor.replayed': { en: 'replayed on loopback at each start', zh: '每次启动时在本机回放' },
  'doctor.reached': {
    en: '{host} takes connections; "--sources" asks it',
    zh: '{host} 可以连接；“--sources” 会实际询问',
  },
  'doctor.noToken': {
    en: 'none, Tushare is left out ("tapekeeper init" takes one)',
    zh: '无，不使用 Tushare（可用 “tapekeeper init” 录入）',
  },
  'doctor.tokenKept': { en: 'is kept as the secret {name}', zh: '已保存为密文 {name}' },
  'doctor.token': { en: 'is set', zh: '已设置' },
  'doctor.raw': { en: 'as it came', zh: '原始应答' },
  'doctor.parsed': { en: 'as it was read', zh: '解析结果' },

  'backup.progress': { en: '{table}  {rows} rows  {size}', zh: '{table}  {rows} 行  {size}' },
  'backup.done': {
    en: '{file}: {rows} rows of {tables} tables, {size} before compression, in {time}.',
    zh: '{file}：{tables} 张表，{rows} 行，压缩前 {size}，用时 {time}。',
  },
  'restore.done': {
    en: '{dir} holds {rows} rows of {tables} tables from {file}, restored in {time}.',
    zh: '{dir} 已从 {file} 恢复 {tables} 张表，{rows} 行，用时 {time}。',
  },
  'migrate.status': { en: 'schema {found} of {known}', zh: '结构版本 {found} / {known}' },
  'migrate.nothing': {
    en: 'The schema is up to date (version {found}).',
    zh: '数据库结构已是最新（版本 {found}）。',
  },
  'migrate.done': {
    en: 'The schema went from version {found} to {known}:',
    zh: '数据库结构已从版本 {found} 升级到 {known}：',
  },
  'replay.data': { en: 'data', zh: '数据' },
  'replay.holds': { en: 'holds', zh: '内容' },
  'replay.holdsValue': {
    en: '{symbols} symbols, {firstDay} to {lastDay}',
    zh: '{symbols} 个代码，{firstDay} 至 {lastDay}',
  },
  'replay.use': {
    en: 'Use it with --tushare-url {tushareUrl} --baostock-url {baostockUrl} --akshare-url {akshareUrl} and TAPEKEEPER_MODE=replay; Ctrl-C stops.',
    zh: '使用方法：--tushare-url {tushareUrl} --baostock-url {baostockUrl} --akshare-url {akshareUrl} 并设置 TAPEKEEPER_MODE=replay；按 Ctrl-C 停止。',
  },

  'export.done': { en: '{file}: {rows} rows, {size}.', zh: '{file}：{rows} 行，{size}。' },
  'export.qlibDone': {
    en: '{dir}: {symbols} symbols over {days} trading days, {rows} rows, {size}.',
    zh: '{dir}：{symbols} 只股票，{days} 个交易日，{rows} 行，{size}。',
  },
  'export.took': { en: 'It took {time}.', zh: '用时 {time}。' },
} as const satisfies Record<string, Bilingual>;
