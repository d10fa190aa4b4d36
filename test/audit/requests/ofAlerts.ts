import { sql } from '../../../packages/server/src/store/connection.ts';
import type { GoodRequest, MakeRequest, World } from './goodRequest.ts';

const RULE = { kind: 'source_down', enabled: false } as const;
const TARGET = '/v1/targets/daily_bars';

const channelOf = (name: string) => ({
  kind: 'webhook',
  name,
  // a name that is nobody's, now and for ever
  settings: { url: 'https://receiver.invalid/hook' },
});

/** Does another of the requests first, and gives what it has made. */
async function made<Answer>({ stand, admin }: World, request: GoodRequest): Promise<Answer> {
  const { url, body } = request;
  const answer = await stand.ask({ method: 'POST', url, headers: admin.headers, payload: body ?? {} });
  if (answer.statusCode >= 300) throw new Error(answer.body);
  return answer.json<Answer>();
}

const newChannel: MakeRequest = async ({ fresh }) => ({
  url: '/v1/channels',
  body: channelOf(fresh('channel')),
  object: 'new',
});
const newSilence: MakeRequest = async ({ fresh }) => ({
  url: '/v1/silences',
  body: { matcher: { job: fresh('job') }, minutes: 10, reason: 'known' },
  object: 'new',
});

async function idOf(world: World, make: MakeRequest): Promise<number> {
  return (await made<{ id: number }>(world, await make(world))).id;
}

/** Requests about incidents, silences, targets, channels and secrets. */
export const ALERT_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  acknowledgeIncident: async ({ stand, fresh }) => {
    const { id } = await stand.db.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, hold_ms)
      VALUES (${fresh('job:')}, ${RULE.kind}, 'warning', 'open', tapekeeper.now(), tapekeeper.now(), 0) RETURNING id`);
    return { url: `/v1/alerts/${id}/acknowledge`, body: {}, object: String(id) };
  },
  setAlertRules: async () => ({
    url: '/v1/alerts/rules',
    body: { version: 0, rules: [RULE] },
    object: 'rules',
  }),
  createSilence: newSilence,
  updateSilence: async (world) => {
    const id = await idOf(world, newSilence);
    return {
      url: `/v1/silences/${id}`,
      body: { matcher: {}, minutes: 5, reason: 'other' },
      object: String(id),
    };
  },
  endSilence: async (world) => {
    const id = await idOf(world, newSilence);
    return { url: `/v1/silences/${id}`, object: String(id) };
  },
  setTarget: async () => ({ url: TARGET, body: { due: 'close + 4h' }, object: 'daily_bars' }),
  clearTarget: async () => ({ url: TARGET, object: 'daily_bars' }),

  keepSecret: async () => ({ url: '/v1/secrets/smtp', body: { secret: 'of the tests' }, object: 'smtp' }),
  removeSecret: async () => ({ url: '/v1/secrets/smtp', object: 'smtp' }),
  rotateSecretKey: async () => ({ url: '/v1/secret-key/rotations', object: 'key' }),
  createChannel: newChannel,
  updateChannel: async (world) => {
    const id = await idOf(world, newChannel);
    const body = { ...channelOf(world.fresh('channel')), version: 1 };
    return { url: `/v1/channels/${id}`, body, object: String(id) };
  },
  deleteChannel: async (world) => {
    const id = await idOf(world, newChannel);
    return { url: `/v1/channels/${id}`, object: String(id) };
  },
  testChannel: async (world) => {
    const id = await idOf(world, newChannel);
    return { url: `/v1/channels/${id}/test`, object: String(id) };
  },
};
