import { changes, reads, shownOpen, type Policy } from '../../../auth/policies.ts';

/** The document shows its tasks without any login. Only the upload begins anything. */
export const FILE_POLICY: Readonly<Record<string, Policy>> = {
  stockQuoteUploadFile: shownOpen(changes('operate', 'run')),
  stockQuoteStartFileHistorical: shownOpen(reads('operate')),
  stockQuoteStartHongKongFile: shownOpen(reads('operate')),
};
