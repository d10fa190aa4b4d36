import type { Channel, NewChannelBody, UpdateChannelBody } from '@tapekeeper/contract';
import { AppError, type ChannelKind, type Language, type Severity } from '@tapekeeper/core';
import { wholeNumber } from './arguments.ts';
import type { Context } from './context.ts';

/** Options of `channels add` and `channels set`. */
export interface ChannelOptions {
  readonly name?: string;
  readonly language?: Language;
  readonly least?: Severity;
  readonly enabled?: boolean;
  readonly disabled?: boolean;
  readonly url?: string;
  readonly mailHost?: string;
  readonly mailPort?: string;
  readonly security?: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  readonly from?: string;
  readonly to?: string;
}

/** What a new channel is asked for with. The interface says what is missing or wrong in it. */
export function bodyOf(
  context: Context,
  name: string,
  kind: ChannelKind,
  options: ChannelOptions,
): NewChannelBody {
  return {
    name,
    kind,
    settings: settingsOf(context, kind, options),
    ...(options.language && { language: options.language }),
    ...(options.least && { leastSeverity: options.least }),
    enabled: options.disabled !== true,
  } as NewChannelBody;
}

/** All of a channel as it was, but for what is given. */
export function changedBody(context: Context, former: Channel, options: ChannelOptions): UpdateChannelBody {
  const { kind, settings, version, name, language, leastSeverity, enabled } = former;
  return {
    version,
    kind,
    name: options.name ?? name,
    settings: { ...settings, ...settingsOf(context, kind, options) },
    language: options.language ?? language,
    leastSeverity: options.least ?? leastSeverity,
    enabled: options.disabled === true ? false : options.enabled === true || enabled,
  } as UpdateChannelBody;
}

/** Throws `usage`. */
export function kindOf({ say }: Context, text: string, kinds: readonly ChannelKind[]): ChannelKind {
  const kind = kinds.find((one) => one === text);
  if (kind !== undefined) return kind;
  throw new AppError('usage', { problem: say('usage.channelKind', { kind: text }), command: 'channels ' });
}

/** What is given of the settings of a kind; options of other kinds are not for it. */
function settingsOf(context: Context, kind: ChannelKind, options: ChannelOptions): object {
  const { url, mailHost, mailPort, security, user, from, to } = options;
  switch (kind) {
    case 'webhook':
      return { ...(url !== undefined && { url }) };
    case 'email':
      return {
        ...(mailHost !== undefined && { host: mailHost }),
        ...(mailPort !== undefined && { port: wholeNumber(context, '--mail-port', mailPort) }),
        ...(security !== undefined && { security }),
        ...(user !== undefined && { user }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to: to.split(',').map((one) => one.trim()) }),
      };
    case 'dingtalk':
    case 'feishu':
    case 'wecom':
    case 'slack':
      return {};
  }
}
