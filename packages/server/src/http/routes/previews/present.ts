import type { Preview } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { Preview as PreviewOfApp } from '../../../app/preview/preview.ts';

export function presentPreview({ words, moments, problems }: PreviewOfApp): Preview {
  return {
    words,
    moments: moments.map(({ at, scheduledFor, day, local, assumed }) => ({
      at: isoInstant(at),
      scheduledFor: isoInstant(scheduledFor),
      day,
      local,
      assumed,
    })),
    problems: problems.map(({ code, text }) => ({ code, text })),
  };
}
