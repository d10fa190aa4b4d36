import { EXIT, specified } from '../spec.ts';

/** Workflows. */
export const WORKFLOW_ERRORS = specified({
  workflow_invalid: {
    text: 'The workflow cannot run as it is. {problems}',
    zh: '工作流无法运行。{problems}',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  workflow_failed: {
    text: '{failed} of {total} nodes did not end well: {nodes}.',
    zh: '{total} 个节点中有 {failed} 个未成功结束：{nodes}。',
    status: 500,
    exit: EXIT.partial,
    retry: 'never',
  },
  budgets_changed: {
    text: 'The budgets of {host} are at version {found}; you have seen version {version}. Read them again first. Nothing was changed.',
    zh: '{host} 的额度版本为 {found}；您看到的是版本 {version}。请先重新读取。未作任何修改。',
    status: 409,
    exit: EXIT.busy,
    retry: 'never',
  },
  not_cells: {
    text: '{dataset} is not judged cell by cell, so it has no gaps. Data sets that are: {known}.',
    zh: '{dataset} 不按单元格判断完整性，因此没有缺口。按单元格判断的数据集：{known}。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
});
