import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const SECRET = 'a-token-of-a-source';
const HERE = import.meta.url;

const ended = (fault: string) => {
  const program = `
    import { createLog } from ${JSON.stringify(new URL('../observe/log.ts', HERE).href)};
    import { sayLastWords } from ${JSON.stringify(new URL('lastWords.ts', HERE).href)};
    sayLastWords(createLog('info', () => ['${SECRET}']));
    setInterval(() => {}, 1000);
    setTimeout(() => { ${fault} }, 0);`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
};

test.each([
  ['an error in the loop', `throw new Error('lost with ${SECRET}');`],
  ['a promise that nobody waits for', `Promise.reject(new Error('lost with ${SECRET}'));`],
])('%s ends the process, and is told as a line without secrets', (_, fault) => {
  const { status, stderr, stdout } = ended(fault);
  expect(status).toBe(70);
  expect(stdout).toBe('');
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 50, err: { message: 'lost with ***' } });
  expect(stderr).not.toContain(SECRET);
});
