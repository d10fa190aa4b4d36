import { crc32 } from 'node:zlib';

/** A workbook of one sheet. Texts are shared ones, but for the last column, whose texts stand in the cells. */
export function workbookOf(rows: readonly (readonly string[])[]): Buffer {
  const strings: string[] = [];
  const cell = (value: string, row: number, column: number, isLast: boolean): string => {
    const at = `${String.fromCharCode(65 + column)}${row + 1}`;
    if (value === '') return '';
    if (isLast) return `<c r="${at}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
    strings.push(`<si><t>${escaped(value)}</t></si>`);
    return `<c r="${at}" t="s"><v>${strings.length - 1}</v></c>`;
  };
  const lines = rows.map((row, index) => {
    const cells = row.map((value, column) => cell(value, index, column, column === row.length - 1));
    return `<row r="${index + 1}">${cells.join('')}</row>`;
  });
  return archiveOf({
    '[Content_Types].xml': '<Types/>',
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${lines.join('')}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst>${strings.join('')}</sst>`,
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** A ZIP archive whose files are not compressed. */
function archiveOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [nameBytes, body] = [Buffer.from(name), Buffer.from(text)];
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(body), 10);
    facts.writeUInt32LE(body.length, 14);
    facts.writeUInt32LE(body.length, 18);
    facts.writeUInt16LE(nameBytes.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    parts.push(Buffer.from('PK\u0003\u0004'), facts, nameBytes, body);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), facts, place, nameBytes);
    offset += 30 + nameBytes.length + body.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length / 4, 4);
  end.writeUInt16LE(directory.length / 4, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listing, Buffer.from('PK\u0005\u0006'), end]);
}
