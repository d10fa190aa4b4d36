import { writeMarket } from './generatedMarket.ts';

// Writes a market of so many symbols and days into a folder, in a process whose memory nobody measures.
const [folder = '', symbols, days] = process.argv.slice(2);
await writeMarket(folder, { symbols: Number(symbols), days: Number(days) });
