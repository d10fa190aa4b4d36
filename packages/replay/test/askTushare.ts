export interface TushareAnswer {
  readonly code: number;
  readonly msg: string | null;
  readonly data: null | {
    readonly fields: readonly string[];
    readonly items: readonly (readonly (string | number | null)[])[];
    readonly has_more?: boolean;
    readonly count?: number;
  };
}

export interface TushareCall {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly fields?: string;
  readonly token?: string;
}

/** Asks a running server as a client does. */
export async function askTushare(url: string, api: string, call: TushareCall = {}): Promise<TushareAnswer> {
  return JSON.parse(await askTushareText(url, api, call)) as TushareAnswer;
}

/** The answer's body as it came, for the digits of numbers. */
export async function askTushareText(url: string, api: string, call: TushareCall = {}): Promise<string> {
  const { params = {}, fields = '', token = 'a token of a test' } = call;
  const body = JSON.stringify({ api_name: api, token, params, fields });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return response.text();
}
