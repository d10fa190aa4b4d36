import { dataPageSchema, dataParamsSchema, dataQuerySchema, PAGE_ROWS } from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { z } from 'zod';
import { readPage } from '../../../app/read/readPage.ts';
import { openTable } from '../../../app/read/readTable.ts';
import { resolveReading } from '../../../app/read/reading.ts';
import { FORMATS } from '../../../export/format.ts';
import { plainRow } from '../../../export/plainValue.ts';
import { PROBLEM_ANSWER } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { sendStream } from './sendStream.ts';

const WHOLE = (description: string) => ({ schema: z.string().describe(description) });

const ANSWERS = {
  200: {
    description: 'rows in the order of the key',
    content: {
      'application/json': { schema: dataPageSchema },
      'application/x-ndjson': WHOLE('a JSON object a line'),
      'text/csv': WHOLE('a line of names, then a line a row'),
      'application/vnd.apache.parquet': WHOLE('a Parquet file'),
    },
  },
  ...PROBLEM_ANSWER,
};

export function dataRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/data/:dataset',
    {
      // it would read the whole table to say nothing of it
      exposeHeadRoute: false,
      schema: {
        operationId: 'readData',
        summary: 'Rows of a data set, raw or adjusted, as believed now or at an earlier time',
        tags: ['data'],
        params: dataParamsSchema,
        querystring: dataQuerySchema,
        response: ANSWERS,
      },
    },
    async (request, reply) => {
      const { format, limit, cursor, ...wish } = request.query;
      const reading = await resolveReading(deps.store, { ...wish, dataset: request.params.dataset });
      if (format === 'json') {
        const page = await readPage(deps.store, reading, { limit: pageLimit(limit), cursor });
        const rows = page.rows.map((row) => plainRow(row, page.columns));
        return reply.send({ dataset: reading.dataset, rows, next: page.next });
      }
      if (cursor !== undefined)
        throw new AppError('bad_request', {
          problem: `cursor goes with format=json: ${format} comes whole.`,
        });
      const table = await openTable(deps.store, reading, {
        kind: 'long',
        ...(limit === undefined ? {} : { limit }),
      });
      return sendStream(request, reply, table, {
        ...FORMATS[format],
        fileName: `${reading.dataset}.${format}`,
        log: deps.log,
      });
    },
  );
}

function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return PAGE_ROWS.usual;
  if (limit <= PAGE_ROWS.most) return limit;
  throw new AppError('bad_request', {
    problem: `query "limit": a page of json has ${PAGE_ROWS.most} rows at most; format=ndjson comes whole.`,
  });
}
