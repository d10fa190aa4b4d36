import type { Recoding, World } from '../world/world.ts';
import type { TushareApi } from './api.ts';
import { compact, listApi } from './listApi.ts';
import { listParam } from './question.ts';

/** Stocks of the Beijing exchange under their old and their new codes. */
export function bseMappingApi({ recoded, tushare }: World, cap: number): TushareApi {
  return listApi<Recoding>({
    name: 'bse_mapping',
    cap,
    columns: {
      name: ({ now }) => tushare.instrument(now)?.name,
      o_code: ({ old }) => old,
      n_code: ({ now }) => now,
      list_date: ({ now }) => compact(tushare.instrument(now)?.listDate),
    },
    rows: (params) =>
      recoded.filter(
        ({ old, now }) =>
          (listParam(params, 'o_code')?.includes(old) ?? true) &&
          (listParam(params, 'n_code')?.includes(now) ?? true),
      ),
  });
}
