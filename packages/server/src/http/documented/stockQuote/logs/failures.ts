/** How the routes of the logs begin to say that something went wrong inside. */
export const LOG_FAILURES: Readonly<Record<string, string>> = {
  stockQuoteLogQuery: '查询日志失败',
  stockQuoteLogOverview: '获取统计信息失败',
  stockQuoteLogStats: '获取统计信息失败',
  stockQuoteRecentLogs: '获取最近日志失败',
  stockQuoteOperationQuery: '查询系统操作日志失败',
  stockQuoteOperationStats: '获取系统操作日志统计信息失败',
  stockQuoteRecentOperations: '获取最近系统操作日志失败',
};
