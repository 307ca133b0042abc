import { useEffect, useRef, type ReactNode } from 'react';
import type { Pointing } from './viewer';

interface Props {
  id: string;
  kind: string;
  pointing: Pointing;
  point: (p: Pointing) => void;
  /** What the button says that shows the place. */
  handle: ReactNode;
  handleClass: string;
  children: ReactNode;
  className?: string;
}

/** Something beside the page that stands somewhere on it: they point at each other. */
export function Pointed({ id, kind, pointing, point, handle, handleClass, children, className = '' }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const active = pointing.id === id;
  const scroll = active && pointing.by === 'page' && pointing.fixed;
  useEffect(() => {
    if (scroll) ref.current?.scrollIntoView({ block: 'center' });
  }, [scroll]);
  const fix = () => point({ id, by: 'list', fixed: true });
  return (
    <div
      ref={ref} data-kind={kind} className={`pointed${active ? ' active' : ''} ${className}`}
      onMouseEnter={() => point({ id, by: 'list' })} onMouseLeave={() => point({})}
      onClick={() => {
        if (!window.getSelection()?.toString()) fix(); // not when its text is being selected
      }}
    >
      <button type="button" className={handleClass} onFocus={() => point({ id, by: 'list' })} onClick={fix}>
        {handle}
        <span className="hidden">, show on the page</span>
      </button>
      {children}
    </div>
  );
}
