import { z } from 'zod';
import { text, whole } from '../../fields.ts';

export const dataLogSchema = z
  .strictObject({
    id: z.int(),
    data_source: z.string().nullable(),
    api_interface: z.string().nullable(),
    api_data_count: z.int().nullable(),
    table_name: z.string().nullable(),
    operation_type: z.string(),
    insert_count: z.int(),
    update_count: z.int(),
    delete_count: z.int(),
    operation_result: z.string(),
    error_message: z.string().nullable(),
    start_time: z.string().nullable(),
    end_time: z.string().nullable(),
    duration_seconds: z.number().nullable(),
    created_by: z.string().nullable(),
    created_time: z.string(),
    updated_by: z.string().nullable(),
    updated_time: z.string(),
  })
  .meta({ id: 'ZquantDataLog' });
export type DataLog = z.output<typeof dataLogSchema>;

export const tableStatisticsSchema = z
  .strictObject({
    stat_date: z.string(),
    table_name: z.string(),
    is_split_table: z.boolean(),
    split_count: z.int(),
    total_records: z.int(),
    daily_records: z.int().describe('rows that the runs of the day have written or found'),
    daily_insert_count: z.int(),
    daily_update_count: z.int(),
    created_by: z.string().nullable(),
    created_time: z.string(),
    updated_by: z.string().nullable(),
    updated_time: z.string(),
  })
  .meta({ id: 'ZquantTableStatistics' });
export type TableStatisticsItem = z.output<typeof tableStatisticsSchema>;

const dayText = text(40).nullish();
const pageFields = {
  skip: whole(0, 1_000_000).nullish(),
  limit: whole(1, 1000).nullish(),
  table_name: text().nullish(),
  start_date: dayText,
  end_date: dayText,
  order_by: text(64).nullish(),
  order: text(16).nullish(),
};

export const dataLogWishSchema = z
  .object({ ...pageFields, operation_type: text(64).nullish(), operation_result: text(64).nullish() })
  .nullish();
export type DataLogWish = NonNullable<z.output<typeof dataLogWishSchema>>;

export const tableStatisticsWishSchema = z.object({ ...pageFields, stat_date: dayText }).nullish();
export type TableStatisticsWish = NonNullable<z.output<typeof tableStatisticsWishSchema>>;

export const statisticsTakenSchema = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  stat_date: z.string(),
  table_count: z.int(),
});

export const syncedSchema = z.strictObject({
  message: z.string(),
  stock_count: z.int(),
  calendar_count: z.int(),
});
