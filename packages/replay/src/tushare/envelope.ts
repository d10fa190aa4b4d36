import type { Random } from '../random.ts';
import type { TushareRefusal } from './refusals.ts';

/** `absent` leaves out has_more, count and detail, as older answers did. */
export type EnvelopeStyle = 'current' | 'absent';

export function answerEnvelope(
  fields: readonly string[],
  items: readonly string[],
  more: boolean,
  style: EnvelopeStyle,
  random: Random,
): string {
  const data = `"fields":${JSON.stringify(fields)},"items":[${items.join(',')}]`;
  if (style === 'absent') return `{"request_id":"${requestId(random)}","code":0,"data":{${data}},"msg":null}`;
  return (
    `{"request_id":"${requestId(random)}","code":0,` +
    `"data":{${data},"has_more":${more},"count":-1},"msg":"","detail":null}`
  );
}

export function refusalEnvelope({ code, message }: TushareRefusal, random: Random): string {
  return JSON.stringify({ request_id: requestId(random), code, data: null, msg: message });
}

function requestId(random: Random): string {
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(8)}${hex(4)}`;
}
