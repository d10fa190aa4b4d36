import { plainDay } from '../day.ts';
import type { Column } from './dataset.ts';

/** Building blocks of the catalogue: columns that many data sets have, and makers of the usual kinds. */

export const FIRST_DAY = plainDay('1990-12-19');

export const symbol: Column = {
  name: 'symbol',
  type: 'text',
  unit: '',
  about: 'canonical symbol, 600000.SH',
};

export const tradeDate: Column = { name: 'trade_date', type: 'day', unit: '', about: 'trading day' };

export const text = (name: string, about: string): Column => ({
  name,
  type: 'text',
  unit: '',
  nullable: true,
  about,
});

export const name = (column: string, about: string): Column => ({
  name: column,
  type: 'text',
  unit: '',
  about,
});

export const day = (column: string, about: string): Column => ({
  name: column,
  type: 'day',
  unit: '',
  nullable: true,
  about,
});

export const keyDay = (column: string, about: string): Column => ({
  name: column,
  type: 'day',
  unit: '',
  about,
});

export const instant = (column: string, about: string): Column => ({
  name: column,
  type: 'instant',
  unit: '',
  about,
});

export const json = (column: string, about: string): Column => ({
  name: column,
  type: 'json',
  unit: '',
  nullable: true,
  about,
});

/** A figure that every row has. */
export const yuan = (column: string, decimals: number, about: string): Column => ({
  name: column,
  type: 'double',
  unit: 'yuan',
  decimals,
  about,
});

/** A figure that may be missing. */
export const figure = (column: string, unit: string, decimals: number, about: string): Column => ({
  name: column,
  type: 'double',
  unit,
  decimals,
  nullable: true,
  about,
});

export const shares = (column: string, about: string): Column => ({
  name: column,
  type: 'bigint',
  unit: 'shares',
  nullable: true,
  about,
});

export const volume: Column = { name: 'volume', type: 'bigint', unit: 'shares', about: 'shares traded' };
