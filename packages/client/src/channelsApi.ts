import type {
  Channel,
  ChannelList,
  ChannelTest,
  KeepSecretBody,
  KeyRotation,
  NewChannelBody,
  NoticeList,
  Secret,
  SecretList,
  UpdateChannelBody,
} from '@tapekeeper/contract';

export interface NoticeQuery {
  readonly channel?: number | undefined;
  readonly incident?: number | undefined;
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

/** What commands ask of secrets, and of the places where notices go. */
export interface ChannelsApi {
  secrets(): Promise<SecretList>;
  keepSecret(name: string, body: KeepSecretBody): Promise<Secret>;
  removeSecret(name: string): Promise<Secret>;
  rotateSecretKey(): Promise<KeyRotation>;

  channels(): Promise<ChannelList>;
  channel(id: number): Promise<Channel>;
  createChannel(body: NewChannelBody): Promise<Channel>;
  updateChannel(id: number, body: UpdateChannelBody): Promise<Channel>;
  deleteChannel(id: number): Promise<Channel>;
  testChannel(id: number): Promise<ChannelTest>;
  notices(query: NoticeQuery): Promise<NoticeList>;
}
