import type { Operation, Status } from '../api/types';

const thin = '\u2009';

/** 12345 as 12 345, with thin spaces. */
export function count(n: number): string {
  return Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, thin);
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let n = bytes;
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${n < 10 && unit > 0 ? n.toFixed(1) : count(n)}${thin}${units[unit]}`;
}

/** Seconds as 0.4 s, 12 s, 3 min 5 s, 2 h 10 min, 3 d. */
export function duration(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 0.01) return `${count(s * 1000)}${thin}ms`;
  if (s < 10) return `${trim(s)}${thin}s`;
  if (s < 60) return `${Math.round(s)}${thin}s`;
  if (s < 3600) return pair(s, 60, 'min', 1, 's');
  if (s < 86_400) return pair(s, 3600, 'h', 60, 'min');
  return pair(s, 86_400, 'd', 3600, 'h');
}

function trim(s: number): string {
  return s.toFixed(s < 1 ? 2 : 1).replace(/\.?0+$/, '') || '0';
}

function pair(s: number, big: number, bigWord: string, small: number, smallWord: string): string {
  const whole = Math.floor(s / big);
  const rest = Math.floor((s - whole * big) / small);
  return `${whole}${thin}${bigWord}${rest ? ` ${rest}${thin}${smallWord}` : ''}`;
}

/** How long ago, in one word or two. */
export function ago(seconds: number): string {
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)}${thin}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${thin}min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}${thin}h ago`;
  return `${Math.floor(seconds / 86_400)}${thin}d ago`;
}

/** The time until, for what expires. */
export function until(seconds: number): string {
  return seconds <= 0 ? 'now' : `in ${duration(seconds < 3600 ? seconds : Math.floor(seconds / 3600) * 3600)}`;
}

/** job_01h4…n02q */
export function shortID(id: string): string {
  const [kind, rest = ''] = id.includes('_') ? [id.slice(0, id.indexOf('_') + 1), id.slice(id.indexOf('_') + 1)] : ['', id];
  return rest.length > 10 ? `${kind}${rest.slice(0, 4)}…${rest.slice(-4)}` : id;
}

export const glyphs: Record<Status, string> = { queued: '○', processing: '◐', completed: '●', failed: '✕', cancelled: '⊘' };

export const stateWords: Record<Status, string> = {
  queued: 'Queued',
  processing: 'Processing',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const operationWords: Record<Operation, string> = {
  parse: 'Parse',
  extract: 'Extract',
  classify: 'Classify',
  split: 'Split',
  document_processing: 'Process documents',
  web_crawling: 'Crawl',
  batch_embedding: 'Embed',
  export: 'Export',
  import: 'Import',
};

export function operationWord(operation: string): string {
  return operationWords[operation as Operation] ?? operation;
}

/** file_corrupted as File corrupted, url_unreachable as URL unreachable. */
export function sentence(code: string): string {
  const words = code.replaceAll('_', ' ').replace(/\b(url|pdf|ocr|xfa|html|api)\b/g, (short) => short.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
