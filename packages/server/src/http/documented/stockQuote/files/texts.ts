/** What the routes of files say; the documents name the routes and no texts. */
export const FILE_TEXTS = {
  uploaded: '文件上传成功，导入任务已启动',
  started: '文件历史数据采集任务已启动',
  noFile: '没有已上传的文件，请先通过 /api/data-collection/upload-historical-file 上传',
  noHongKong: '暂不支持港股（HK）文件导入，仅支持A股（CN）',
} as const;

/** How each operation begins to say that something of ours has failed. */
export const FILE_FAILURES: Readonly<Record<string, string>> = {
  stockQuoteUploadFile: '上传文件失败',
  stockQuoteStartFileHistorical: '启动采集任务失败',
  stockQuoteStartHongKongFile: '启动采集任务失败',
};
