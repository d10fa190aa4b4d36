import { AppError } from '@tapekeeper/core';

const ENTER = ['\r', '\n'];
const END_OF_INPUT = '\u0004';
const INTERRUPT = '\u0003';
const BACKSPACE = ['\u007f', '\b'];

/** Asks at the terminal without showing what is typed. Throws `interrupted` at Ctrl-C. */
export async function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  try {
    return await new Promise((resolve, reject) => {
      let secret = '';
      const take = (text: string): void => {
        for (const letter of text) {
          if (letter === INTERRUPT) return end(() => reject(new AppError('interrupted')));
          if (ENTER.includes(letter) || letter === END_OF_INPUT) return end(() => resolve(secret));
          secret = BACKSPACE.includes(letter) ? secret.slice(0, -1) : secret + letter;
        }
      };
      const end = (settle: () => void): void => {
        stdin.off('data', take);
        settle();
      };
      stdin.on('data', take);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** All of standard input. */
export async function readInput(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const piece of process.stdin) text += String(piece);
  return text;
}
