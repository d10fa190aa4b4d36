import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../support/until.ts';

/** The name that the page of the documentation uses. */
export const PUBLIC_NAME = 'data.example.com';
const PAGE = fileURLToPath(new URL('../../docs/reverse-proxy.md', import.meta.url));
const OUR_PORT = '127.0.0.1:8000';

export interface Ports {
  readonly https: number;
  readonly http: number;
  /** Where tapekeeper listens. */
  readonly ours: number;
}

export interface RunningProxy {
  /** What makes a client trust it. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/** A reverse proxy with the settings that our documentation gives, on ports that anybody may use. */
export interface ProxyProgram {
  readonly name: string;
  start(ports: Ports): Promise<RunningProxy>;
}

interface Files {
  readonly folder: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Its workers would be nobody, who may not look into our folder. */
const AS_ROOT = process.getuid?.() === 0 ? 'user root;' : '';

export const nginx: ProxyProgram = {
  name: 'nginx',
  start: (ports) =>
    run(ports, async ({ folder, certificateFile, keyFile }) => {
      const site = changed(await documented('nginx'), [
        [OUR_PORT, `127.0.0.1:${ports.ours}`],
        ['listen 443', `listen 127.0.0.1:${ports.https}`],
        ['listen 80', `listen 127.0.0.1:${ports.http}`],
        ['/etc/ssl/data.example.com.pem', certificateFile],
        ['/etc/ssl/data.example.com.key', keyFile],
        // as the page says of a port other than 443
        ['$host;', '$http_host;'],
      ]);
      await mkdir(join(folder, 'temporary'));
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${folder}/temporary/${kind};`)
        .join('\n');
      const file = join(folder, 'nginx.conf');
      await writeFile(
        file,
        `daemon off; ${AS_ROOT} pid ${folder}/pid; error_log stderr;\nevents {}\nhttp { access_log off;\n${temporary}\n${site}\n}`,
      );
      return ['nginx', ['-p', folder, '-c', file]];
    }),
};

export const caddy: ProxyProgram = {
  name: 'Caddy',
  start: (ports) =>
    run(ports, async ({ folder, certificateFile, keyFile }) => {
      const site = changed(await documented('caddy'), [
        [OUR_PORT, `127.0.0.1:${ports.ours}`],
        [
          `${PUBLIC_NAME} {`,
          `https://${PUBLIC_NAME}:${ports.https} {\n  bind 127.0.0.1\n  tls ${certificateFile} ${keyFile}`,
        ],
      ]);
      const file = join(folder, 'Caddyfile');
      await writeFile(file, `{\n  admin off\n  http_port ${ports.http}\n}\n${site}`);
      return ['caddy', ['run', '--adapter', 'caddyfile', '--config', file]];
    }),
};

/** The block of a language on the page. */
async function documented(language: string): Promise<string> {
  const [, block] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(await readFile(PAGE, 'utf8')) ?? [];
  if (block === undefined) throw new Error(`${PAGE} has no block of ${language}`);
  return block;
}

/** Throws where a text is not there: then it is not the page that is tried. */
function changed(block: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the documented settings do not have "${from}"`);
    return text.replaceAll(from, to);
  }, block);
}

async function run(
  { https }: Ports,
  prepare: (files: Files) => Promise<readonly [string, readonly string[]]>,
): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'tapekeeper-proxy-'));
  const [certificateFile, keyFile] = [join(folder, 'site.pem'), join(folder, 'site.key')];
  const wish = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=${PUBLIC_NAME} -addext subjectAltName=DNS:${PUBLIC_NAME}`;
  await promisify(execFile)('openssl', [...wish.split(' '), '-keyout', keyFile, '-out', certificateFile]);
  const [program, options] = await prepare({ folder, certificateFile, keyFile });
  const child = spawn(program, options, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: folder },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  const ended = once(child, 'exit');
  const early = ended.then(() => {
    throw new Error(`${program} ended: ${said}`);
  });
  // later it ends because it is told to
  early.catch(() => {});
  await Promise.race([until(() => answers(https)), early]);
  return {
    certificate: await readFile(certificateFile, 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
