/** Bounds of a password, as bytes of UTF-8. */
export const SHORTEST_PASSWORD_BYTES = 12;
export const LONGEST_PASSWORD_BYTES = 1024;

/** Why a password is not taken. */
export type PasswordFault = 'short' | 'long' | 'common' | 'name';

/** What people choose when they must choose something, without the digits and signs that they put around it. */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  `abc abcabc access account admin adminadmin administrator administrators baseball changeit changeme
  changethis computer correcthorsebatterystaple database default defaultpassword demo demodemo dragon
  example examplepassword football freedom guest helloworld iloveyou iloveyousomuch internet letmein
  letmeinplease login loveyou market marketdata master mypassword newpassword nopassword operator passpass
  passphrase passw password passwordpassword passwort postgres postgresql princess qwer qwerty qwertyqwerty
  root rootroot secret secretsecret server starwars stock stockmarket summer sunshine superman superuser
  supersecret system tapekeeper tapekeeperadmin tapekeepertapekeeper temp temporary test tester testpassword
  testtest thisisapassword thisismypassword trustno trustnoone tushare user username viewer welcome
  welcomewelcome whatever winter woaini woaiwojia zhongguo`.split(/\s+/),
);

/** Rows of keyboards and other walks that fingers know. */
const WALKS: readonly string[] = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiop[]asdfghjkl;zxcvbnm,./',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '!@#$%^&*()_+',
];

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** A part that is repeated to get to the length is no longer than this. */
const LONGEST_REPEATED = 6;
/** A shorter name is in many passwords by chance. */
const SHORTEST_TELLING_NAME = 3;

/**
 * What is wrong with a password for the user of that name; undefined where nothing is.
 * @example passwordFault('Password1234', 'li.wei') // 'common'
 */
export function passwordFault(password: string, userName: string): PasswordFault | undefined {
  const bytes = utf8Bytes(password);
  if (bytes < SHORTEST_PASSWORD_BYTES) return 'short';
  if (bytes > LONGEST_PASSWORD_BYTES) return 'long';
  const small = password.toLowerCase();
  if (userName.length >= SHORTEST_TELLING_NAME && small.includes(userName)) return 'name';
  return isCommon(small) ? 'common' : undefined;
}

function isCommon(small: string): boolean {
  if (isRepeated(small) || isWalk(small)) return true;
  const bare = small.replaceAll(/^[^a-z]+|[^a-z]+$/g, '');
  const spelt = undisguised(small);
  return [
    bare,
    lettersOf(small),
    lettersOf(spelt),
    lettersOf(undisguised(small.replace(/[^a-z]+$/, ''))),
  ].some((word) => COMMON_WORDS.has(word));
}

/** `p4ssw0rd` as it is read; the digits behind `p4ssw0rd2024` are no letters, and are looked at without them too. */
function undisguised(text: string): string {
  return Array.from(text, (letter) => LOOKALIKES[letter] ?? letter).join('');
}

function lettersOf(text: string): string {
  return text.replaceAll(/[^a-z]/g, '');
}

/** Whether a short part is all there is, again and again. */
function isRepeated(text: string): boolean {
  for (let length = 1; length <= LONGEST_REPEATED; length += 1) {
    const part = text.slice(0, length);
    if (part.repeat(Math.ceil(text.length / length)).slice(0, text.length) === text) return true;
  }
  return false;
}

function isWalk(text: string): boolean {
  const backwards = Array.from(text).toReversed().join('');
  return WALKS.some((walk) => walk.includes(text) || walk.includes(backwards));
}

/** Bytes that a text has in UTF-8; half of a pair counts as the sign that replaces it. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
