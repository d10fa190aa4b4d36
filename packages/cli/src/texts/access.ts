import type { Bilingual } from './bilingual.ts';

/** What `tapekeeper users` and `tapekeeper tokens` say, and how another server is asked. */
export const ACCESS_TEXTS = {
  'help.users': { en: 'say who may come in, and what they may do', zh: '管理用户及其权限' },
  'help.usersList': { en: 'list users', zh: '列出用户' },
  'help.usersAdd': { en: 'let somebody in', zh: '添加用户' },
  'help.usersSet': {
    en: 'change the role or name of a user, or shut them out',
    zh: '修改用户的角色、名称或停用',
  },
  'help.usersPassword': {
    en: 'give a user another password, which ends their sessions',
    zh: '重设用户密码，并结束其所有会话',
  },
  'help.usersRemove': { en: 'remove a user and all their tokens', zh: '删除用户及其全部令牌' },
  'help.tokens': { en: 'API tokens, by which programs come in', zh: '管理供程序使用的 API 令牌' },
  'help.tokensList': { en: 'list API tokens', zh: '列出 API 令牌' },
  'help.tokensCreate': { en: 'make an API token, which is shown once', zh: '新建 API 令牌，仅显示一次' },
  'help.tokensRevoke': { en: 'void an API token at once', zh: '立即撤销 API 令牌' },
  'argument.user': { en: 'name or number of a user', zh: '用户名或编号' },
  'argument.newUser': {
    en: 'name: a letter, then letters, digits and . _ @ -',
    zh: '用户名：以字母开头，可含字母、数字及 . _ @ -',
  },
  'argument.tokenName': { en: 'what the token is for', zh: '令牌用途' },
  'argument.token': { en: 'number of a token', zh: '令牌编号' },
  'option.asRole': {
    en: 'viewer (reads), operator (starts and changes work) or admin',
    zh: '角色：viewer（查看）、operator（操作）或 admin（管理）',
  },
  'option.displayName': { en: 'name as pages show it', zh: '显示名称' },
  'option.passwordStdin': { en: 'read the password from standard input', zh: '从标准输入读取密码' },
  'option.noPassword': {
    en: 'a user of programs, who comes in by tokens alone',
    zh: '供程序使用的用户，仅可凭令牌登录',
  },
  'option.enable': { en: 'let them in again', zh: '重新启用' },
  'option.disable': { en: 'shut them out, which ends their sessions', zh: '停用并结束其所有会话' },
  'option.tokenUser': { en: 'user whom it belongs to', zh: '令牌所属用户' },
  'option.scopes': {
    en: 'what it may, of data, read, operate, admin; default: all that its user may',
    zh: '权限范围：data、read、operate、admin；默认为该用户的全部权限',
  },
  'option.days': { en: 'days until it is void; default: 90', zh: '有效天数；默认：90' },
  'option.noEnd': { en: 'a token that is never void by itself', zh: '永久有效的令牌' },
  'option.server': {
    en: 'ask the server at this address, with the API token in TAPEKEEPER_TOKEN',
    zh: '访问该地址的服务器，API 令牌取自 TAPEKEEPER_TOKEN',
  },
  'users.none': {
    en: 'There is no user yet: users add NAME --as admin makes one.',
    zh: '尚无用户：可用 users add 名称 --as admin 添加。',
  },
  'users.askPassword': { en: 'Password of {name} (is not shown): ', zh: '{name} 的密码（不显示）：' },
  'users.askAgain': { en: 'Once more: ', zh: '再次输入：' },
  'users.differ': { en: 'The two passwords differ.', zh: '两次输入的密码不一致。' },
  'users.noTerminal': {
    en: 'There is no terminal to ask for a password: give --password-stdin.',
    zh: '没有可输入密码的终端：请使用 --password-stdin。',
  },
  'users.added': { en: 'User {name} may come in as {role}.', zh: '已添加用户 {name}，角色为 {role}。' },
  'users.changed': { en: 'User {name} is {role} now, {state}.', zh: '用户 {name} 现为 {role}，{state}。' },
  'users.passwordSet': {
    en: 'User {name} has another password; all their sessions have ended.',
    zh: '已重设用户 {name} 的密码，其所有会话已结束。',
  },
  'users.removed': { en: 'User {name} is gone.', zh: '已删除用户 {name}。' },
  'users.enabled': { en: 'enabled', zh: '已启用' },
  'users.disabled': { en: 'disabled', zh: '已停用' },
  'users.nothing': {
    en: 'Say what to change: --as, --display-name, --enable or --disable.',
    zh: '请指明要修改的内容：--as、--display-name、--enable 或 --disable。',
  },
  'users.badRole': {
    en: 'There is no role "{role}": viewer, operator or admin.',
    zh: '没有角色“{role}”：可用 viewer、operator 或 admin。',
  },
  'tokens.none': { en: 'There is no API token.', zh: '没有 API 令牌。' },
  'tokens.made': {
    en: 'This is the token of {user}; it is not shown again:',
    zh: '{user} 的令牌如下，仅显示这一次：',
  },
  'tokens.revoked': {
    en: 'Token {id} ({name}) of {user} is void.',
    zh: '{user} 的令牌 {id}（{name}）已撤销。',
  },
  'tokens.all': { en: 'all', zh: '全部' },
  'tokens.never': { en: 'never', zh: '永久' },
  'tokens.valid': { en: 'good', zh: '有效' },
  'tokens.gone': { en: 'revoked', zh: '已撤销' },
  'tokens.badScope': {
    en: 'There is no permission "{scope}": data, read, operate or admin.',
    zh: '没有权限“{scope}”：可用 data、read、operate 或 admin。',
  },
  'column.user': { en: 'user', zh: '用户' },
  'column.role': { en: 'role', zh: '角色' },
  'column.userState': { en: 'state', zh: '状态' },
  'column.lastLogin': { en: 'last login', zh: '上次登录' },
  'column.prefix': { en: 'begins with', zh: '开头' },
  'column.scopes': { en: 'may', zh: '权限' },
  'column.expires': { en: 'good until', zh: '有效期至' },
  'column.used': { en: 'last used', zh: '上次使用' },
  'remote.noToken': {
    en: 'Another server is asked with an API token: put it into TAPEKEEPER_TOKEN.',
    zh: '访问其他服务器需要 API 令牌：请设置 TAPEKEEPER_TOKEN。',
  },
  'remote.badUrl': {
    en: '"{url}" is no address: write it as https://host.',
    zh: '“{url}” 不是地址：请写成 https://主机名。',
  },
  'remote.plainHttp': {
    en: 'The token would cross the network unencrypted: use https, or set TAPEKEEPER_INSECURE_HTTP=true where the network is trusted.',
    zh: '令牌将以明文传输：请使用 https；若网络可信，可设置 TAPEKEEPER_INSECURE_HTTP=true。',
  },
  'start.setup': {
    en: 'There is no admin yet. Whoever opens {url} with this set-up code within a day becomes the first:\n\n    {code}',
    zh: '尚无管理员。一天内在 {url} 输入以下初始化代码即可设立首位管理员：\n\n    {code}',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;
