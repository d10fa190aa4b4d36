import type { NoticeStore } from '../../ports/noticeStore.ts';
import type { Database } from '../connection.ts';
import { addNotices } from './addNotices.ts';
import { channel, channels, createChannel, deleteChannel, updateChannel } from './channels.ts';
import { claimNotices, notices, settleNotice } from './queue.ts';

/** Channels and the queue of notices in the database. */
export function createNoticeStore(db: Database): NoticeStore {
  return {
    channels: () => channels(db),
    channel: (id) => channel(db, id),
    createChannel: (made) => createChannel(db, made),
    updateChannel: (id, change) => updateChannel(db, id, change),
    deleteChannel: (id) => deleteChannel(db, id),
    addNotices: (message) => db.transaction((tx) => addNotices(tx, message)),
    claimNotices: (claim) => claimNotices(db, claim),
    settleNotice: (notice, error, retryMs) => settleNotice(db, notice, error, retryMs),
    notices: (filter) => notices(db, filter),
  };
}
