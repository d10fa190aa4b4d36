import { EXIT, specified } from '../spec.ts';

/** Secrets. */
export const SECRET_ERRORS = specified({
  secret_key_wrong: {
    text: 'This machine cannot open the secrets: they are sealed with the key {wanted}, and {file} holds {found}. Copy the key file of the machine that sealed them to here; where it is lost, remove the secrets with "tapekeeper secrets remove NAME" and set them again.',
    zh: '本机无法解开密钥库：其内容由密钥 {wanted} 加密，而 {file} 中是 {found}。请从加密它的机器复制密钥文件；若已丢失，请用 “tapekeeper secrets remove 名称” 逐一删除后重新设置。',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  secret_key_missing: {
    text: 'There is no key file {file}. Copy it from the machine that has it, or make one for a new installation: (umask 077; openssl rand -base64 32 > {file})',
    zh: '没有密钥文件 {file}。请从已有该文件的机器复制；若为新安装，可这样生成：(umask 077; openssl rand -base64 32 > {file})',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  secret_key_exposed: {
    text: 'Others than its owner may read the key file {file} (mode {mode}). Run "chmod 600 {file}"; if others could have read it, rotate the key with "tapekeeper secrets rotate-key" afterwards.',
    zh: '密钥文件 {file} 可被所有者以外的用户读取（权限 {mode}）。请运行 “chmod 600 {file}”；若可能已被他人读取，之后请用 “tapekeeper secrets rotate-key” 更换密钥。',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  secret_key_unusable: {
    text: 'The key file {file} cannot be used: {message}',
    zh: '密钥文件 {file} 无法使用：{message}',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  secret_broken: {
    text: 'The secret "{secret}" is not as it was sealed: its row was changed or moved. Set it again with "tapekeeper secrets set {secret}".',
    zh: '密钥 “{secret}” 与加密时不一致：其记录被修改或移动过。请用 “tapekeeper secrets set {secret}” 重新设置。',
    status: 500,
    exit: EXIT.dataError,
    retry: 'never',
  },
  unknown_secret: {
    text: 'There is no secret "{secret}". Names are source:tushare, smtp, and channel:NUMBER of a channel that there is.',
    zh: '没有名为 “{secret}” 的密钥。可用名称：source:tushare、smtp，以及已有通知渠道的 channel:编号。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
});
