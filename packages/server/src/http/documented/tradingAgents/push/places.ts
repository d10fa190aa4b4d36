import type { Told } from '../../../../app/push/pushFeed.ts';
import type { PushPlace, PushPlaces } from '../../../../app/push/pushPlace.ts';
import type { AppDeps } from '../../../../app/deps.ts';
import { notificationFeed } from './notificationFeed.ts';
import { RunLooks } from './runLooks.ts';
import { taskFeed } from './taskFeed.ts';
import { findTask } from './taskIds.ts';

type Form = (told: Told) => string;

/** As the document has it: a type, and the data of the message beside it. */
const enveloped: Form = ({ type, data }) => JSON.stringify({ type, data });

/** As the task centre of the page reads it: everything of a message side by side, whatever has become of the task. */
const flat: Form = ({ type, data }) => {
  switch (type) {
    case 'connected':
      return JSON.stringify({
        type: 'connection_established',
        task_id: data['task_id'],
        message: 'WebSocket 连接已建立',
      });
    case 'progress':
    case 'completed':
    case 'error':
      return JSON.stringify({ type: 'progress_update', ...data });
    case 'heartbeat':
    case 'notification':
      return JSON.stringify({ type, ...data });
  }
};

const TASK_PATHS: readonly {
  readonly prefix: string;
  readonly form: Form;
  readonly isShownOpen: boolean;
}[] = [
  { prefix: '/ws/progress/', form: enveloped, isShownOpen: true },
  { prefix: '/api/ws/progress/', form: enveloped, isShownOpen: true },
  { prefix: '/api/ws/tasks/', form: enveloped, isShownOpen: false },
  { prefix: '/api/ws/task/', form: flat, isShownOpen: true },
  { prefix: '/api/analysis/ws/task/', form: flat, isShownOpen: true },
];

const NOTIFICATIONS = '/api/ws/notifications';
const TASK_ID = /^[\w.:-]{1,100}$/;

/** The WebSockets of the trading agents over the runs, jobs and incidents that there are. */
export function pushPlaces(deps: Pick<AppDeps, 'store' | 'clock'>): PushPlaces {
  const { store, clock } = deps;
  const looks = new RunLooks(store);
  const bell: PushPlace = {
    isShownOpen: false,
    open: async ({ name }) => notificationFeed({ user: name, looks, store, clock }),
    text: enveloped,
    absence: { type: 'error', data: {} },
  };
  return {
    at(path) {
      if (path === NOTIFICATIONS) return bell;
      const place = TASK_PATHS.find(({ prefix }) => path.startsWith(prefix));
      if (place === undefined) return undefined;
      const taskId = path.slice(place.prefix.length);
      if (!TASK_ID.test(taskId)) return undefined;
      return {
        isShownOpen: place.isShownOpen,
        async open() {
          const task = await findTask(deps, taskId);
          return (
            task && taskFeed({ task, taskId, looks, clock, welcome: '已连接任务进度流', endsWithRun: false })
          );
        },
        text: place.form,
        absence: { type: 'error', data: { task_id: taskId, message: '任务不存在' } },
      };
    },
  };
}
