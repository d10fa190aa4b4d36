import { AppError } from '@tapekeeper/core';

/** How a robot of a chat is reached: all of it is secret, since whoever has the address can speak as it. */
export interface RobotSecret {
  readonly url: string;
  /** Key of its signature, where it asks for one. */
  readonly signingKey: string | undefined;
}

/**
 * The address of a robot, and behind a space or on the next line the key that it signs with, as people paste them.
 * Throws `channel_invalid`.
 * @example readRobotSecret('https://oapi.dingtalk.com/robot/send?access_token=… SEC…')
 */
export function readRobotSecret(secret: string | undefined): RobotSecret {
  const words = (secret ?? '').split(/\s+/).filter((word) => word !== '');
  const urls = words.filter((word) => /^https?:\/\//i.test(word));
  const keys = words.filter((word) => !/^https?:\/\//i.test(word));
  const [url] = urls;
  if (url === undefined) {
    throw new AppError('channel_invalid', {
      problem:
        'its secret must hold the address of the robot (https://...), and after a space its signing key if it has one.',
    });
  }
  if (urls.length > 1 || keys.length > 1)
    throw new AppError('channel_invalid', {
      problem: 'its secret must hold one address and one signing key at most.',
    });
  return { url, signingKey: keys[0] };
}

/** The same address with more in its query. */
export function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const asked = new URL(url);
  for (const [name, value] of Object.entries(query)) asked.searchParams.set(name, value);
  return asked.href;
}
