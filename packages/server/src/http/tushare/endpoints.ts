/** The paths that Tushare's clients call: the older ones the root, the current ones a path an interface. */
export const ENDPOINTS = { root: '/', base: '/dataapi' } as const;
