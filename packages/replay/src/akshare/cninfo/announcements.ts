import { parseDay, shanghaiInstant } from '@tapekeeper/core';
import { movedRows } from '../../faults/dataFaults.ts';
import type { AnnouncementFact } from '../../world/facts.ts';
import { hashOf } from '../../world/facts/draws.ts';
import { countParam, type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { json, type Reply } from '../reply.ts';
import { codeOf, symbolOfCode } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { orgIdOf } from './orgIds.ts';

const PAGE_ROWS = 30;

/** Kinds by the category that the page sends; those that are not here hold nothing. */
const CATEGORIES: Readonly<Record<string, string>> = {
  category_qyfpxzcs_szsh: '权益分派',
  category_dshgg_szsh: '董事会',
  category_jshgg_szsh: '监事会',
  category_gddh_szsh: '股东大会',
  category_rcjy_szsh: '日常经营',
  category_gqbd_szsh: '股权变动',
  category_bcgz_szsh: '补充更正',
};

/** Announcements by stock, days, kind and words of the title, newest first, 30 to a page. */
export function announcementsEndpoint(): Endpoint {
  return {
    origin: 'cninfo',
    name: 'announcements',
    method: 'POST',
    path: /^\/new\/hisAnnouncement\/query$/,
    asked(request) {
      const [from, to] = param(request, 'seDate').split('~');
      return {
        symbols: stocksIn(request).flatMap(({ code }) => symbolOfCode(code) ?? []),
        day: from === to ? parseDay(from ?? '') : undefined,
      };
    },
    answer,
  };
}

function answer({ request, market, plan }: WebCall): Reply {
  const found = plan.empty ? [] : matching(request, market);
  const size = countParam(request, 'pageSize', PAGE_ROWS, Math.min(PAGE_ROWS, plan.pageCap ?? PAGE_ROWS));
  const offset = (countParam(request, 'pageNum', 1) - 1) * size;
  const shown = movedRows(plan.data, found, offset).slice(offset, offset + size);
  const words = param(request, 'isHLtitle') === 'true' ? param(request, 'searchkey') : '';
  return json({
    classifiedAnnouncements: null,
    totalSecurities: 0,
    totalAnnouncement: found.length,
    totalRecordNum: found.length,
    announcements: shown.length === 0 ? null : shown.map((fact) => itemOf(market, fact, words)),
    categoryList: null,
    hasMore: offset + shown.length < found.length,
    // Full pages only: the last, shorter one is not counted.
    totalpages: Math.floor(found.length / size),
  });
}

function matching(request: WebRequest, market: WebMarket): AnnouncementFact[] {
  const [from = '', to = ''] = param(request, 'seDate').split('~');
  const stocks = stocksIn(request);
  const kinds = param(request, 'category').split(';').filter(Boolean);
  const words = param(request, 'searchkey');
  const known = (fact: AnnouncementFact): boolean => {
    const stock = market.stock(fact.symbol);
    return stocks.some(
      ({ code, orgId }) => stock !== undefined && code === codeOf(fact.symbol) && orgId === orgIdOf(stock),
    );
  };
  return market
    .announcements(parseDay(from), parseDay(to))
    .filter((fact) => stocks.length === 0 || known(fact))
    .filter(({ type }) => kinds.length === 0 || kinds.some((kind) => CATEGORIES[kind] === type))
    .filter(({ title }) => title.includes(words))
    .sort((a, b) => (a.day === b.day ? (a.id < b.id ? 1 : -1) : a.day < b.day ? 1 : -1));
}

function itemOf(market: WebMarket, fact: AnnouncementFact, words: string): object {
  const stock = market.stock(fact.symbol);
  const title = words === '' ? fact.title : fact.title.replaceAll(words, `<em>${words}</em>`);
  return {
    id: null,
    secCode: codeOf(fact.symbol),
    secName: fact.name,
    orgId: stock === undefined ? '' : orgIdOf(stock),
    announcementId: fact.id,
    announcementTitle: title,
    // Midnight of the day, whatever the time of publication.
    announcementTime: shanghaiInstant(fact.day, 0),
    adjunctUrl: `finalpage/${fact.day}/${fact.id}.PDF`,
    adjunctSize: 80 + (hashOf(fact.id) % 4000),
    adjunctType: 'PDF',
    storageTime: null,
    columnId: '09020202||250101||251302',
    pageColumn: fact.symbol.endsWith('.SH') ? 'SHZB' : 'SZZB',
    announcementType: '01010503||010113||01239901',
    associateAnnouncement: null,
    important: null,
    batchNum: null,
    announcementContent: '',
    orgName: null,
    tileSecName: fact.name,
    shortTitle: title,
    announcementTypeName: null,
    secNameList: null,
  };
}

/** `600519,gssh0600519;000001,gssz0000001`. */
function stocksIn(request: WebRequest): readonly { readonly code: string; readonly orgId: string }[] {
  return param(request, 'stock')
    .split(';')
    .filter(Boolean)
    .map((text) => {
      const [code = '', orgId = ''] = text.split(',');
      return { code, orgId };
    });
}
