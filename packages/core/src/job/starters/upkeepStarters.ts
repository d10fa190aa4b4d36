import { onClock, starter, type Starter } from './starter.ts';

/** What keeps the installation itself. None of it is enabled at first: where backups go is for people to say. */
export const UPKEEP_STARTERS: readonly Starter[] = [
  starter(
    'backup_weekly',
    { type: 'backup', params: {} },
    {
      name: '数据库备份',
      description: [
        'A backup of the whole database every Sunday at 03:00, read back and checked; the oldest ones are removed. Set TAPEKEEPER_BACKUP_DIR to a folder on another disk before enabling the job.',
        '每周日 03:00 备份整个数据库并读回校验，同时删除最旧的备份。启用前请将 TAPEKEEPER_BACKUP_DIR 设为另一块磁盘上的目录。',
      ],
      tags: ['upkeep'],
      schedule: onClock('0 3 * * 0'),
      policies: { group: 'backup' },
    },
  ),
];
