import { readNumber } from '../cell.ts';
import { required, type TableColumn } from './columns.ts';

/** Every kind of bar has these; prices come in yuan and index values in points, as they are kept. */
export const OPEN_TO_CLOSE: readonly TableColumn[] = ['open', 'high', 'low', 'close'].map((field) =>
  required(field, readNumber),
);

/** Prices as they were on the day. */
export const UNADJUSTED = '3';
