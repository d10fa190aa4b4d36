import { Command } from 'commander';
import { AppError, EXIT, isAppError } from '@tapekeeper/core';
import { openInstallation, type Installation } from '@tapekeeper/server/main';
import { sayLastWords } from '@tapekeeper/server/upkeep/lastWords';
import { startServer, type RunningServer } from '@tapekeeper/server/server';
import { startServices, type Role } from '@tapekeeper/server/upkeep/services';
import { askInProcess } from '@tapekeeper/server/upkeep/askInProcess';
import { makeFirstAdmin, offerSetup } from '@tapekeeper/server/upkeep/firstAdmin';
import { makeStarterJobs } from '@tapekeeper/server/upkeep/starterJobs';
import type { Api } from '@tapekeeper/client';
import { createClient } from '@tapekeeper/client';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { summaryResult, summaryTable, sumsOf } from '../demo/collectionSummary.ts';
import { firstCollection, type Collection } from '../demo/firstCollection.ts';
import { openDemo } from '../demo/openDemo.ts';
import { banner, nextSteps } from '../output/banner.ts';
import { requireSpace } from '../requireSpace.ts';
import type { GlobalOptions } from '../settings.ts';
import { listenForStop, type StopSignal } from '../stopSignal.ts';

interface Options {
  readonly once?: boolean;
}

/** `start`: the whole program; with --demo over replayed data, collected first. */
export function startCommand({ say, act }: Frame): Command {
  return new Command('start')
    .description(say('help.start'))
    .option('--once', say('option.once'))
    .action(act((context, options: Options) => start(context, options.once === true), isService));
}

/** Nobody watches a start whose output goes elsewhere; a demo is always looked at. */
function isService(options: GlobalOptions): boolean {
  return !process.stderr.isTTY && options.demo !== true;
}

async function start(context: Context, once: boolean): Promise<number> {
  const { output, say, options } = context;
  if (once && options.demo !== true)
    throw new AppError('usage', { problem: say('usage.once'), command: 'start ' });
  const takeBack = sayLastWords(context.log);
  const stop = listenForStop(() => output.note(`\n${say('start.stopping')}`));
  try {
    if (options.demo !== true) return await serve(context, stop);
    const demo = await openDemo(context);
    try {
      return once ? await collectOnce(demo.context, stop) : await serve(demo.context, stop);
    } finally {
      await demo.close();
    }
  } finally {
    stop.release();
    takeBack();
  }
}

/** Works and answers until it is told to stop. */
async function serve(context: Context, stop: StopSignal): Promise<number> {
  const { config, output, options } = context;
  const running = await open(context, config.roles);
  try {
    const { api, url } = running;
    output.line(banner(context, await api.status(), url === '' ? undefined : url));
    if (running.setupCode !== undefined)
      output.line(`\n${context.say('start.setup', { url, code: running.setupCode })}`);
    if (options.demo === true) {
      const collection = await collectFirst(context, api, stop);
      if (collection !== undefined) output.result({ ...summaryResult(context, collection), url });
    } else {
      output.result({ url, mode: config.mode, dataDir: config.dataDir });
    }
    if (!stop.signal.aborted) {
      output.line(`\n${await nextSteps(context, api, url)}`);
      await Promise.race([stop.asked, running.lost]);
    }
    return EXIT.ok;
  } finally {
    await running.close();
  }
}

/** The first collection alone; its result is the last line, after everything has been closed. */
async function collectOnce(context: Context, stop: StopSignal): Promise<number> {
  const running = await open(context, ['worker'], true);
  let collection: Collection;
  try {
    context.output.line(banner(context, await running.api.status(), undefined));
    collection = (await collectFirst(context, running.api, stop)) ?? raiseInterrupted();
  } finally {
    await running.close();
  }
  context.output.result(summaryResult(context, collection));
  return sumsOf(collection).failed === 0 ? EXIT.ok : EXIT.partial;
}

/** Undefined when it was told to stop: what is open goes on with the next start. */
async function collectFirst(context: Context, api: Api, stop: StopSignal): Promise<Collection | undefined> {
  const { output } = context;
  await requireSpace(context, api);
  output.note('');
  try {
    const collection = await firstCollection(context, api, stop.signal);
    output.line(`\n${summaryTable(context, collection)}`);
    return collection;
  } catch (error) {
    if (isAppError(error, 'interrupted')) return undefined;
    throw error;
  }
}

function raiseInterrupted(): never {
  throw new AppError('interrupted');
}

interface Running {
  readonly api: Api;
  /** Where the interface and the page are; empty where nothing listens. */
  readonly url: string;
  /** By which the first admin can be made; undefined where there is one. */
  readonly setupCode: string | undefined;
  /** Rejects when the database has ended by itself: a supervisor's restart mends what waiting would not. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

/**
 * Opens, listens, and begins to work, as the roles have it. A process that serves no interface tells how it is
 * where it was given a port for that. Alone, it listens nowhere and makes no jobs.
 */
async function open(
  { config, log, options }: Context,
  roles: readonly Role[],
  alone = false,
): Promise<Running> {
  const installation: Installation = await openInstallation(config, log);
  let server: RunningServer | undefined;
  const close = async (): Promise<void> => {
    await server?.stop();
    await installation.close();
  };
  try {
    const serves = roles.includes('api');
    if (!alone) await makeStarterJobs(installation);
    if (!alone) await makeFirstAdmin(installation);
    if (!alone && (serves || config.isPortGiven))
      server = await startServer(installation, { port: config.port, healthOnly: !serves });
    await startServices(installation.services, roles);
    // the demo is open to this machine and to nobody else
    const setupCode =
      serves && server !== undefined && options.demo !== true
        ? await offerSetup(installation, server.url)
        : undefined;
    const lost = installation.databaseEnded.then((message): never => {
      throw new AppError('database_unreachable', { host: config.dataDir, message });
    });
    lost.catch(() => {});
    return { api: createClient(askInProcess(installation)), url: server?.url ?? '', setupCode, lost, close };
  } catch (error) {
    await close();
    throw error;
  }
}
