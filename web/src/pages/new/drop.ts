import { useEffect, useState, useSyncExternalStore } from 'react';
import { go } from '../../router';

// The files that are to be handed in; they stay when one looks at another page.
const chosen = { files: [] as File[], watchers: new Set<() => void>() };

export function setFiles(files: File[]): void {
  chosen.files = files;
  for (const w of chosen.watchers) w();
}

export function addFiles(files: Iterable<File>): void {
  setFiles([...chosen.files, ...files]);
}

function watch(watcher: () => void): () => void {
  chosen.watchers.add(watcher);
  return () => chosen.watchers.delete(watcher);
}

export const useFiles = (): File[] => useSyncExternalStore(watch, () => chosen.files);

const holdsFiles = (e: DragEvent): boolean => e.dataTransfer?.types.includes('Files') ?? false;

/** Takes files that are dropped anywhere; says whether some hang over the page. */
export function useDrop(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const drag = (e: DragEvent) => {
      if (!holdsFiles(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent) => {
      if (!e.relatedTarget) setOver(false);
    };
    const drop = (e: DragEvent) => {
      if (!holdsFiles(e)) return;
      e.preventDefault();
      setOver(false);
      take(e.dataTransfer);
    };
    const paste = (e: ClipboardEvent) => take(e.clipboardData);
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    window.addEventListener('paste', paste);
    return () => {
      window.removeEventListener('dragover', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
      window.removeEventListener('paste', paste);
    };
  }, []);
  return over;
}

function take(data: DataTransfer | null): void {
  const files = [...(data?.files ?? [])];
  if (files.length === 0) return;
  addFiles(files);
  if (!window.location.pathname.startsWith('/ui/new')) go('/new');
}
