import multipart from '@fastify/multipart';
import { AppError, isAppError } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { HttpApp } from './context.ts';

/** Bytes beside the file itself: heads of parts, fields that a form sends along. */
const AROUND_BYTES = 65_536;
const MOST_FIELDS = 20;

type ZodRoute = Parameters<typeof validatorCompiler>[0];

/** A file on its way in. */
export interface Upload {
  /** As its owner calls it; no part of any path. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Routes of a scope that take one file each, as forms of browsers send it. */
export function takeUploads(app: HttpApp, mostBytes: number): void {
  const fields = { fields: MOST_FIELDS, fieldNameSize: 100, fieldSize: 1_000, headerPairs: 50 };
  // the body is for the document: its parts are read one by one
  app.setValidatorCompiler((route) =>
    route.httpPart === 'body' ? () => ({ value: undefined }) : validatorCompiler(route as ZodRoute),
  );
  app.register(multipart, { limits: { ...fields, files: 1, fileSize: mostBytes + 1 } });
}

/** What a route with a file takes. */
export const FORM: string[] = ['multipart/form-data'];

/** The file of a request. Raises `import_no_file`, and `import_too_large` for one that says so beforehand. */
export async function uploadOf(request: FastifyRequest, mostBytes: number): Promise<Upload> {
  if (!request.isMultipart()) throw new AppError('import_no_file');
  if (Number(request.headers['content-length'] ?? 0) > mostBytes + AROUND_BYTES)
    throw new AppError('import_too_large', {
      problem: `it has more than ${mostBytes / 1_000_000} MB`,
      setting: 'TAPEKEEPER_IMPORT_MEGABYTES',
    });
  const part = await request.file().catch((error: unknown) => Promise.reject(brokenForm(error)));
  if (part === undefined || part.fieldname !== 'file') throw new AppError('import_no_file');
  return { name: part.filename.slice(0, 255).replaceAll('\0', ''), bytes: wholeOf(part.file) };
}

async function* wholeOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch (error) {
    throw brokenForm(error);
  }
}

function brokenForm(error: unknown): unknown {
  if (isAppError(error)) return error;
  return new AppError('bad_request', { problem: 'the form breaks off, or is none.' }, error);
}
