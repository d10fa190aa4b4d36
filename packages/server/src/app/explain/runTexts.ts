import type { RunFacts } from './runFacts.ts';
import type { Situation, SituationCode } from './runSituation.ts';
import { clockOf, runsOf, spanOf, type Words } from './words.ts';

/** What a run is doing, or waiting for, in a sentence. */
export function situationText(facts: RunFacts, situation: Situation): Words {
  return TEXTS[situation.code](situation, facts);
}

const TEXTS: Readonly<Record<SituationCode, (situation: Situation, facts: RunFacts) => Words>> = {
  over: ({ since, detail }, { run }) => ({
    en: `It is over: ${run.state}${since === null ? '' : ` since ${clockOf(since)}`}${detail === null ? '' : ` (${detail})`}.`,
    zh: `已结束：${run.state}${since === null ? '' : `，${clockOf(since)}`}${detail === null ? '' : `（${detail}）`}。`,
  }),
  paused: ({ since }, { run }) => ({
    en: `It is paused${timeOf(since).en}. "tapekeeper runs resume ${run.id}" lets it go on.`,
    zh: `已暂停${timeOf(since).zh}。可用 “tapekeeper runs resume ${run.id}” 继续。`,
  }),
  stopping: ({ since, detail }, { run }) => ({
    en: `${detail ?? 'Somebody'} has told it to stop${timeOf(since).en}; its workers are ending what they are at. "tapekeeper runs cancel ${run.id} --force" does not wait.`,
    zh: `${detail ?? '有人'}已要求其停止${timeOf(since).zh}；工作者正在结束手头的工作。“tapekeeper runs cancel ${run.id} --force” 可不再等待。`,
  }),
  pausing: ({ since }) => ({
    en: `It has been told to pause${timeOf(since).en}, and does so after the item at hand.`,
    zh: `已要求其暂停${timeOf(since).zh}，处理完当前单元后生效。`,
  }),
  waits_for_turn: ({ runIds, group }) =>
    group === null
      ? {
          en: `It waits for its turn: ${runsOf(runIds).en} of the same job or group goes first.`,
          zh: `正在排队：同一任务或并发组的${runsOf(runIds).zh}在前。`,
        }
      : {
          en: `It waits for its turn: the group ${group} is full (${runsOf(runIds).en}).`,
          zh: `正在排队：并发组 ${group} 已满（${runsOf(runIds).zh}）。`,
        },
  waits_to_retry: ({ until, amount, detail }, { run }) => {
    const [time, no] = [clockOf(until ?? run.readAt), amount ?? run.attempt];
    return {
      en: `Attempt ${no} of ${run.maxAttempts} begins at ${time}; the one before failed${colon(detail).en}`,
      zh: `第 ${no} 次尝试（共 ${run.maxAttempts} 次）将于 ${time} 开始；上一次失败${colon(detail).zh}`,
    };
  },
  calling: ({ host, api, amount, detail }) => ({
    en: `It waits for the answer of ${host} (${detail}, ${api}), for ${spanOf(amount ?? 0).en} now.`,
    zh: `正在等待 ${host} 应答（${detail}，${api}），已 ${spanOf(amount ?? 0).zh}。`,
  }),
  working: (situation, facts) => ({
    en: `${workerOf(situation, facts).en} is working on it: ${situation.detail ?? ''}.`,
    zh: `${workerOf(situation, facts).zh}正在处理：${situation.detail ?? ''}。`,
  }),
  breaker_open: ({ host, until, detail }, { run }) => ({
    en: `${host} is left alone until ${clockOf(until ?? run.readAt)}${colon(detail).en}`,
    zh: `${host} 暂停访问，直到 ${clockOf(until ?? run.readAt)}${colon(detail).zh}`,
  }),
  waits_for_budget: ({ host, api, until }) => ({
    en: `It waits for the budget of ${host} (${api})${until === null ? ', which has room again about now' : `: there is room at ${clockOf(until)}`}.`,
    zh: `正在等待 ${host}（${api}）的调用额度${until === null ? '，即将恢复' : `：${clockOf(until)} 恢复`}。`,
  }),
  item_pauses: ({ host, until, detail }, { run }) => ({
    en: `A call to ${host ?? detail} failed, and is made again at ${clockOf(until ?? run.readAt)}.`,
    zh: `对 ${host ?? detail} 的请求失败，将于 ${clockOf(until ?? run.readAt)} 重试。`,
  }),
  waits_for_source: ({ until, detail }, { run }) => ({
    en: `${detail} has not published the data yet; it is asked again at ${clockOf(until ?? run.readAt)}.`,
    zh: `${detail} 尚未发布该数据，将于 ${clockOf(until ?? run.readAt)} 再次询问。`,
  }),
  waits_for_connection: (situation, facts) => ({
    en: `${situation.detail} allows one connection, and ${runsOf(situation.runIds).en} has it (${workerOf(situation, facts).en}).`,
    zh: `${situation.detail} 只允许一个连接，目前由${runsOf(situation.runIds).zh}占用（${workerOf(situation, facts).zh}）。`,
  }),
  disk_full: ({ amount }, { neededMegabytes }) => ({
    en: `The disk is nearly full: ${amount} MB are free, ${neededMegabytes} MB are needed. Work goes on when there is room.`,
    zh: `磁盘空间不足：剩余 ${amount} MB，需要 ${neededMegabytes} MB。有空间后会自动继续。`,
  }),
  database_blocked: ({ amount, detail }) => ({
    en: `A statement has waited ${spanOf(amount ?? 0).en} for a lock of ${detail}.`,
    zh: `有语句等待 ${detail} 持有的锁已 ${spanOf(amount ?? 0).zh}。`,
  }),
  worker_silent: (situation, facts) => ({
    en: `${workerOf(situation, facts).en} has been silent for ${spanOf(situation.amount ?? 0).en}; what it held goes to another one.`,
    zh: `${workerOf(situation, facts).zh}已 ${spanOf(situation.amount ?? 0).zh}没有心跳；其工作将转交其他工作者。`,
  }),
  worker_stuck: (situation, facts) => ({
    en: `The main loop of ${workerOf(situation, facts).en} has not moved for ${spanOf(situation.amount ?? 0).en}.`,
    zh: `${workerOf(situation, facts).zh}的主循环已 ${spanOf(situation.amount ?? 0).zh}没有响应。`,
  }),
  no_worker: () => ({
    en: 'No worker is alive. "tapekeeper start" starts one.',
    zh: '没有存活的工作者。请运行 “tapekeeper start”。',
  }),
  waits_for_requirement: ({ runIds }) => ({
    en: `The lists that it needs are read first, by ${runsOf(runIds).en}.`,
    zh: `先由${runsOf(runIds).zh}读取所需的列表。`,
  }),
  waits_for_nodes: ({ runIds }) => ({
    en: `Its nodes are at work: ${runsOf(runIds).en}.`,
    zh: `其节点正在运行：${runsOf(runIds).zh}。`,
  }),
  queued: ({ amount }, { workers }) => ({
    en: `It waits for a free slot: ${amount ?? 0} are due before it, ${slotsOf(workers).en}.`,
    zh: `正在等待空闲的工作位：前面还有 ${amount ?? 0} 个，${slotsOf(workers).zh}。`,
  }),
  starting: () => ({ en: 'A worker is taking it up.', zh: '工作者正在接手。' }),
  waits_after_trouble: ({ until, amount, detail }, { run }) => ({
    en: `There was trouble ${amount === 1 ? 'once' : `${amount} times`}${detail === null ? '' : ` (${detail})`}; it goes on at ${clockOf(until ?? run.readAt)}.`,
    zh: `出现过 ${amount} 次异常${detail === null ? '' : `（${detail}）`}；将于 ${clockOf(until ?? run.readAt)} 继续。`,
  }),
  queued_later: ({ until }, { run }) => ({
    en: `It goes on at ${clockOf(until ?? run.readAt)}.`,
    zh: `将于 ${clockOf(until ?? run.readAt)} 继续。`,
  }),
  stranded: () => ({
    en: 'Nobody holds it and nothing is queued for it; the next rescue scan queues it again.',
    zh: '无人持有且队列中没有它；下一次救援扫描会重新排队。',
  }),
  waits_for_shards: ({ amount }) => ({
    en: `The next round is planned when ${amount === 1 ? 'one shard is' : `${amount} shards are`} closed.`,
    zh: `待 ${amount} 个分片完成后再规划下一轮。`,
  }),
};

/** The end of a sentence, with a reason where there is one; reasons end themselves. */
function colon(detail: string | null): Words {
  if (detail === null) return { en: '.', zh: '。' };
  const plain = detail.replace(/(?<![.。])[.。]+$/, '');
  return { en: `: ${plain}.`, zh: `：${plain}。` };
}

function timeOf(since: number | null): Words {
  if (since === null) return { en: '', zh: '' };
  return { en: ` at ${clockOf(since)}`, zh: `（${clockOf(since)}）` };
}

/** `Worker 3 (host:/data, pid 812)` */
function workerOf({ workerId }: Situation, { workers }: RunFacts): Words {
  const worker = workers.find(({ id }) => id === workerId);
  const place = worker === undefined ? '' : `${worker.node}, pid ${worker.pid}`;
  return { en: `Worker ${workerId} (${place})`, zh: `工作者 ${workerId}（${place}）` };
}

function slotsOf(workers: RunFacts['workers']): Words {
  const used = workers.reduce((sum, { shards }) => sum + shards, 0);
  const slots = workers.reduce((sum, { vitals }) => sum + (vitals?.slots ?? 0), 0);
  return { en: `${used} of ${slots} slots are in use`, zh: `工作位已用 ${used}/${slots}` };
}
