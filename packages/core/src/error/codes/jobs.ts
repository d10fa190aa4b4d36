import { EXIT, specified } from '../spec.ts';

/** Jobs that people keep. */
export const JOB_ERRORS = specified({
  unknown_job: {
    text: 'There is no job "{job}". "tapekeeper jobs" lists them.',
    zh: '没有任务“{job}”。可用 “tapekeeper jobs” 查看。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  job_exists: {
    text: 'There is a job "{job}" already. Choose another key, or change that one with "tapekeeper jobs edit {job}".',
    zh: '任务“{job}”已存在。请换一个标识，或用 “tapekeeper jobs edit {job}” 修改它。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  job_changed: {
    text: 'The job "{job}" is at version {found}; you have seen version {version}. Read it again first. Nothing was changed.',
    zh: '任务“{job}”的版本为 {found}；您看到的是版本 {version}。请先重新读取。未作任何修改。',
    status: 409,
    exit: EXIT.busy,
    retry: 'never',
  },
  job_busy: {
    text: 'The job "{job}" is busy: run {run} is still open. Wait for its end, or stop it with "tapekeeper runs cancel {run}".',
    zh: '任务“{job}”正忙：运行 {run} 尚未结束。请等待其结束，或用 “tapekeeper runs cancel {run}” 停止。',
    status: 409,
    exit: EXIT.busy,
    retry: 'later',
  },
  group_busy: {
    text: 'The job "{job}" cannot run now: its group "{group}" is full, run {run} is still open in it. Wait for its end, or give the job the overlap policy "queue".',
    zh: '任务“{job}”现在无法运行：并发组“{group}”已满，其中运行 {run} 尚未结束。请等待其结束，或将任务的重叠策略设为 “queue”。',
    status: 409,
    exit: EXIT.busy,
    retry: 'later',
  },
  job_in_use: {
    text: 'The job "{job}" is needed by {users}, which run after it or as a workflow over it. Change or delete those first.',
    zh: '任务“{job}”正被 {users} 使用（在其之后触发，或为编排任务的节点）。请先修改或删除它们。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  job_loop: {
    text: 'The runs of these jobs would call for each other without end: {path}. Take one of the steps out. Nothing was changed.',
    zh: '这些任务的运行会无休止地互相触发：{path}。请去掉其中一步。未作任何修改。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  bad_job_key: {
    text: '"{key}" cannot be the key of a job. Use up to 64 small letters, digits, dots, dashes and underscores, a letter or digit first, and not digits alone.',
    zh: '“{key}” 不能作为任务标识。请使用最多 64 个小写字母、数字、点、短横线或下划线，以字母或数字开头，且不能全为数字。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  bad_job_step: {
    text: 'The job "{job}" is disabled, so it can be neither paused nor resumed. Enable it with "tapekeeper jobs enable {job}".',
    zh: '任务“{job}”已停用，既不能暂停也不能恢复。请用 “tapekeeper jobs enable {job}” 启用。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  command_not_allowed: {
    text: 'The program "{program}" may not be run here. Allowed: {known}. TAPEKEEPER_COMMANDS names them, as name=/path/to/program.',
    zh: '此处不允许运行程序“{program}”。允许的程序：{known}。可在 TAPEKEEPER_COMMANDS 中以 名称=/程序路径 的形式设置。',
    status: 409,
    exit: EXIT.noPermission,
    retry: 'never',
  },
});
