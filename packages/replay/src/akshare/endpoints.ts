import { announcementsEndpoint } from './cninfo/announcements.ts';
import { orgIdsEndpoint } from './cninfo/orgIds.ts';
import { clistEndpoint } from './eastmoney/clist.ts';
import { datacenterEndpoint } from './eastmoney/datacenter.ts';
import { f10Endpoints } from './eastmoney/f10.ts';
import { klineEndpoint } from './eastmoney/kline.ts';
import { newsEndpoint } from './eastmoney/news.ts';
import { noticesEndpoint } from './eastmoney/notices.ts';
import { stockGetEndpoint } from './eastmoney/stockGet.ts';
import type { Endpoint } from './endpoint.ts';
import { bseListEndpoint } from './exchanges/bseList.ts';
import { sseListEndpoint } from './exchanges/sseList.ts';
import { szseCalendarEndpoint } from './exchanges/szseCalendar.ts';
import { szseListsEndpoint } from './exchanges/szseLists.ts';
import { calendarEndpoint } from './sina/calendar.ts';
import { factorsEndpoint } from './sina/factors.ts';
import { sinaListEndpoints } from './sina/list.ts';
import { sinaQuotesEndpoint } from './sina/quotes.ts';
import { tencentKlineEndpoint } from './tencent/kline.ts';
import { tencentQuotesEndpoint } from './tencent/quotes.ts';

/** Everything that is served; faults name each `origin.name`. */
export const ENDPOINTS: readonly Endpoint[] = [
  clistEndpoint(),
  stockGetEndpoint(),
  klineEndpoint(),
  datacenterEndpoint(),
  ...f10Endpoints(),
  newsEndpoint(),
  noticesEndpoint(),
  calendarEndpoint(),
  factorsEndpoint(),
  ...sinaListEndpoints(),
  sinaQuotesEndpoint(),
  tencentQuotesEndpoint(),
  tencentKlineEndpoint(),
  szseCalendarEndpoint(),
  szseListsEndpoint(),
  sseListEndpoint(),
  bseListEndpoint(),
  announcementsEndpoint(),
  orgIdsEndpoint(),
];
