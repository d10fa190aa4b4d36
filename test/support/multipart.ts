/** A form with one file, as browsers send it. */
export function formWith(
  file: { readonly name: string; readonly data: string | Uint8Array; readonly field?: string },
  fields: Readonly<Record<string, string>> = {},
): { readonly payload: Buffer; readonly headers: { readonly 'content-type': string } } {
  const boundary = 'the-boundary-of-the-tests';
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${file.field ?? 'file'}"; filename="${file.name}"\r\ncontent-type: text/csv\r\n\r\n`;
  return {
    payload: Buffer.concat([
      Buffer.from(parts.join('') + head),
      Buffer.from(file.data),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
