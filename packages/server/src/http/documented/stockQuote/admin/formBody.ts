import type { HttpApp } from '../../../context.ts';

/** Reads bodies of forms, whose fields are texts; of a field that comes twice, the last one counts. */
export function takeForms(app: HttpApp): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body as string)));
    },
  );
}
