import { SHANGHAI_OFFSET_MS } from '@tapekeeper/core';

const MEGABYTE = 1024 * 1024;

/** `48,133` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `99.8 %`; only what is whole is shown as 100. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '-';
  if (part === whole) return '100 %';
  return `${Math.min(99.99, (part / whole) * 100).toFixed(part / whole > 0.999 ? 2 : 1)} %`;
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min` */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `3.8 MB`, `2.1 GB` */
export function size(bytes: number): string {
  const megabytes = bytes / MEGABYTE;
  if (megabytes < 1) return `${Math.ceil(bytes / 1024)} kB`;
  return megabytes < 1000 ? `${megabytes.toFixed(1)} MB` : `${(megabytes / 1024).toFixed(1)} GB`;
}

/** `2024-01-05 17:03:22`, on the clocks of the exchanges. */
export function instant(iso: string | null): string {
  if (iso === null) return '-';
  return new Date(Date.parse(iso) + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** `-` for what is not there. */
export function orDash(value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === '') return '-';
  return typeof value === 'number' ? count(value) : value;
}
