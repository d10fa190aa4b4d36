/**
 * What cron expressions mean, worked out by hand: weekday numbers, day fields, and the days on which clocks
 * change. Each line lists the first moments after `after`.
 */
export interface GoldenLine {
  readonly what: string;
  readonly expression: string;
  readonly zone: string;
  readonly after: string;
  readonly times: readonly string[];
}

const NEW_YORK = 'America/New_York';
const LONDON = 'Europe/London';
const LORD_HOWE = 'Australia/Lord_Howe';
const SHANGHAI = 'Asia/Shanghai';
const APIA = 'Pacific/Apia';

const line = (
  what: string,
  expression: string,
  zone: string,
  after: string,
  times: readonly string[],
): GoldenLine => ({ what, expression, zone, after, times });

/** 09:00 in Shanghai on each of the days. */
const at9 = (...days: readonly string[]): readonly string[] => days.map((day) => `${day}T01:00:00Z`);

/** A Sunday, 08:00 in Shanghai. */
const SUNDAY = '2026-11-22T00:00:00Z';
const inShanghai = (what: string, expression: string, ...days: readonly string[]): GoldenLine =>
  line(what, expression, SHANGHAI, SUNDAY, at9(...days));

export const GOLDEN: readonly GoldenLine[] = [
  inShanghai('7 is Sunday', '0 9 * * 7', '2026-11-22', '2026-11-29', '2026-12-06'),
  inShanghai('0 is Sunday', '0 9 * * 0', '2026-11-22', '2026-11-29', '2026-12-06'),
  inShanghai('1 is Monday', '0 9 * * 1', '2026-11-23', '2026-11-30', '2026-12-07'),
  inShanghai('6 is Saturday', '0 9 * * 6', '2026-11-28', '2026-12-05', '2026-12-12'),
  inShanghai(
    '1-5 is Monday to Friday',
    '0 9 * * 1-5',
    '2026-11-23',
    '2026-11-24',
    '2026-11-25',
    '2026-11-26',
    '2026-11-27',
    '2026-11-30',
  ),
  inShanghai('5-7 ends on Sunday', '0 9 * * 5-7', '2026-11-22', '2026-11-27', '2026-11-28', '2026-11-29'),
  inShanghai('0-7 is every day', '0 9 * * 0-7', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'),
  inShanghai('names of days', '0 9 * * mon,FRI', '2026-11-23', '2026-11-27', '2026-11-30', '2026-12-04'),
  inShanghai('names of months', '0 9 1 jan-mar *', '2027-01-01', '2027-02-01', '2027-03-01', '2028-01-01'),
  inShanghai('either day is enough', '0 9 13 * 5', '2026-11-27', '2026-12-04', '2026-12-11', '2026-12-13'),
  inShanghai('a step of a star needs both', '0 9 */2 * 1', '2026-11-23', '2026-12-07', '2026-12-21'),
  inShanghai('the same of the weekday', '0 9 1 * */6', '2027-05-01', '2027-08-01', '2028-01-01'),
  inShanghai('last day of the month', '0 9 L * *', '2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28'),
  inShanghai('last working day', '0 9 LW * *', '2026-11-30', '2026-12-31', '2027-01-29', '2027-02-26'),
  inShanghai('nearest working day', '0 9 15W * *', '2026-12-15', '2027-01-15', '2027-02-15', '2027-03-15'),
  inShanghai('nearest within the month', '0 9 1W * *', '2026-12-01', '2027-01-01', '2027-02-01'),
  inShanghai('last Friday', '0 9 * * 5L', '2026-11-27', '2026-12-25', '2027-01-29', '2027-02-26'),
  inShanghai('third Friday', '0 9 * * 5#3', '2026-12-18', '2027-01-15', '2027-02-19', '2027-03-19'),
  inShanghai('a leap day', '0 9 29 2 *', '2028-02-29', '2032-02-29', '2036-02-29'),
  line('seconds first', '*/20 59 9 * * *', SHANGHAI, '2026-11-22T01:59:10Z', [
    '2026-11-22T01:59:20Z',
    '2026-11-22T01:59:40Z',
    '2026-11-23T01:59:00Z',
  ]),

  line('New York, into summer', '30 2 * * *', NEW_YORK, '2026-03-07T00:00:00Z', [
    '2026-03-07T07:30:00Z',
    '2026-03-08T07:00:00Z',
    '2026-03-09T06:30:00Z',
  ]),
  line('all that is skipped is due once', '*/15 2-3 * * *', NEW_YORK, '2026-03-08T06:00:00Z', [
    '2026-03-08T07:00:00Z',
    '2026-03-08T07:15:00Z',
    '2026-03-08T07:30:00Z',
    '2026-03-08T07:45:00Z',
    '2026-03-09T06:00:00Z',
  ]),
  line('New York, out of summer', '30 1 * * *', NEW_YORK, '2026-10-31T00:00:00Z', [
    '2026-10-31T05:30:00Z',
    '2026-11-01T05:30:00Z',
    '2026-11-02T06:30:00Z',
  ]),
  line('nothing is due twice', '0 * * * *', NEW_YORK, '2026-11-01T03:30:00Z', [
    '2026-11-01T04:00:00Z',
    '2026-11-01T05:00:00Z',
    '2026-11-01T07:00:00Z',
    '2026-11-01T08:00:00Z',
  ]),
  line('asked in the repeated hour', '*/30 * * * *', NEW_YORK, '2026-11-01T06:15:00Z', [
    '2026-11-01T07:00:00Z',
    '2026-11-01T07:30:00Z',
  ]),
  line('London, into summer', '15 1 * * *', LONDON, '2026-03-27T12:00:00Z', [
    '2026-03-28T01:15:00Z',
    '2026-03-29T01:00:00Z',
    '2026-03-30T00:15:00Z',
  ]),
  line('London, out of summer', '15 1 * * *', LONDON, '2026-10-23T12:00:00Z', [
    '2026-10-24T00:15:00Z',
    '2026-10-25T00:15:00Z',
    '2026-10-26T01:15:00Z',
  ]),
  line('Lord Howe, half an hour into summer', '10 2 * * *', LORD_HOWE, '2026-10-02T00:00:00Z', [
    '2026-10-02T15:40:00Z',
    '2026-10-03T15:30:00Z',
    '2026-10-04T15:10:00Z',
  ]),
  line('Lord Howe, half an hour out of summer', '45 1 * * *', LORD_HOWE, '2026-04-03T00:00:00Z', [
    '2026-04-03T14:45:00Z',
    '2026-04-04T14:45:00Z',
    '2026-04-05T15:15:00Z',
  ]),
  line('Shanghai, into the first summer time', '30 2 * * *', SHANGHAI, '1986-05-02T12:00:00Z', [
    '1986-05-02T18:30:00Z',
    '1986-05-03T18:00:00Z',
    '1986-05-04T17:30:00Z',
  ]),
  line('Shanghai, out of the first', '30 1 * * *', SHANGHAI, '1986-09-12T12:00:00Z', [
    '1986-09-12T16:30:00Z',
    '1986-09-13T16:30:00Z',
    '1986-09-14T17:30:00Z',
  ]),
  line('Shanghai, into the last', '30 9 * * *', SHANGHAI, '1991-04-12T12:00:00Z', [
    '1991-04-13T01:30:00Z',
    '1991-04-14T00:30:00Z',
  ]),
  line('Shanghai, out of the last', '30 9 * * *', SHANGHAI, '1991-09-13T12:00:00Z', [
    '1991-09-14T00:30:00Z',
    '1991-09-15T01:30:00Z',
  ]),
  line('Apia, where a whole day was left out', '0 12 * * *', APIA, '2011-12-29T12:00:00Z', [
    '2011-12-29T22:00:00Z',
    '2011-12-30T10:00:00Z',
    '2011-12-30T22:00:00Z',
  ]),
];
