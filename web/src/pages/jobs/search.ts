import type { Status } from '../../api/types';

/** Takes the words of a search apart; a value with spaces is in quotes. */
export function tokens(search: string): string[] {
  return search.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}

const isStatus = (token: string): boolean => /^status:/i.test(token);

/** The states that a search asks for. */
export function statusesIn(search: string): string[] {
  return tokens(search)
    .filter(isStatus)
    .flatMap((t) => t.slice(t.indexOf(':') + 1).toLowerCase().split(','));
}

/** The search with this state alone, or with any when it was this one. */
export function withStatus(search: string, status: Status | undefined): string {
  const others = tokens(search).filter((t) => !isStatus(t));
  return (status ? [`status:${status}`, ...others] : others).join(' ');
}

/** The search with one more word, unless it is there. */
export function withToken(search: string, key: string, value: string): string {
  const token = `${key}:${/\s/.test(value) ? `"${value}"` : value}`;
  const all = tokens(search);
  return all.includes(token) ? search : [...all, token].join(' ');
}
