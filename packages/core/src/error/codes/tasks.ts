import { EXIT, specified } from '../spec.ts';

/** Tasks: commands, exports, checks. */
export const TASK_ERRORS = specified({
  command_directory: {
    text: 'Programs may not run in "{directory}": {problem}. Allowed are folders below {roots}.',
    zh: '程序不能在“{directory}”中运行：{problem}。允许的位置：{roots} 之下的文件夹。',
    status: 403,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  command_unusable: {
    text: 'The program {program} ({file}) cannot be run: {message}.',
    zh: '无法运行程序 {program}（{file}）：{message}。',
    status: 500,
    exit: EXIT.unavailable,
    retry: 'never',
  },
  command_failed: {
    text: 'The program {program} ended with {end}. Its last words: {errors}',
    zh: '程序 {program} 以 {end} 结束。其最后输出：{errors}',
    status: 500,
    exit: EXIT.partial,
    retry: 'never',
  },
  command_timed_out: {
    text: 'The program {program} was ended after {seconds} seconds, the longest that it may take.',
    zh: '程序 {program} 超过最长时间 {seconds} 秒，已被终止。',
    status: 500,
    exit: EXIT.partial,
    retry: 'never',
  },
  sources_failed: {
    text: 'No source answered the test: {failures}.',
    zh: '没有数据源通过测试：{failures}。',
    status: 502,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  example_failed: {
    text: 'The example failed in step {step} of {steps}, as often as it was told to.',
    zh: '示例在第 {step}/{steps} 步按设定的概率失败。',
    status: 500,
    exit: EXIT.partial,
    retry: 'never',
  },
});
