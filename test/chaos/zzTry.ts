import { openWorld, sampleFolder } from '@tapekeeper/replay';
import { sampleCollections, realCollections } from '/work/main/test/chaos/collection.ts';
import { SHORT_FORM } from '/work/main/test/chaos/killPlan.ts';
import { runChaos } from '/work/main/test/chaos/runChaos.ts';
import { openStand } from '/work/main/test/chaos/stand.ts';
const real = process.argv[2] === 'real';
const t=performance.now();
const world = await openWorld(real ? '/work/shared/data' : sampleFolder());
const stand = await openStand(world);
try {
  const wishes = real ? {counts:{call:5,copy:5,before_commit:5,after_commit:5,control:5,random:5}, takeovers:1, collections:2}: SHORT_FORM;
  const tally = await runChaos({ stand, collections: await (real? realCollections:sampleCollections)(world), wishes, seed: Number(process.argv[3] ?? 1), say: (l) => console.log(((performance.now()-t)/1000).toFixed(1), l) });
  console.log(tally);
} finally { await stand.stop(); }
