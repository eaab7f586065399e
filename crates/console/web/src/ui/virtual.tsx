/** A list of rows of one height of which only the visible ones exist. */
import { type ReactElement, type ReactNode, useLayoutEffect, useRef, useState } from 'react';

const OVERSCAN = 12;
/** So many pixels from its end a list is still at its end. */
const SLACK = 4;

interface VirtualListProps<T> {
  items: readonly T[];
  rowHeight: number;
  label: string;
  className?: string;
  /** Scrolled into view when it changes. */
  focus?: number | undefined;
  /** Stays at its end while it grows, once somebody is there. */
  follows?: boolean;
  render: (item: T, index: number) => ReactNode;
}

export function VirtualList<T>({ items, rowHeight, label, className, focus, follows = false, render }: VirtualListProps<T>): ReactElement {
  const ref = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      // It is heard of a scroll only after the list may have grown again: who has not gone up is still at its end.
      if (element.scrollTop + element.clientHeight >= element.scrollHeight - SLACK) atEnd.current = true;
      else if (element.scrollTop < lastTop.current) atEnd.current = false;
      lastTop.current = element.scrollTop;
      setView({ top: element.scrollTop, height: element.clientHeight });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || focus === undefined || focus < 0) return;
    const top = focus * rowHeight;
    if (top < element.scrollTop || top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top - element.clientHeight / 3;
  }, [focus, rowHeight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it has grown
  useLayoutEffect(() => {
    const element = ref.current;
    if (element && follows && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [follows, items.length]);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  return (
    <div ref={ref} className={`virtual ${className ?? ''}`} tabIndex={0} role="list" aria-label={label}>
      <div className="virtual-space" role="presentation" style={{ height: items.length * rowHeight }}>
        {items.slice(first, last).map((item, offset) => (
          <div key={first + offset} className="virtual-row" role="listitem" aria-posinset={first + offset + 1} aria-setsize={items.length} style={{ top: (first + offset) * rowHeight, height: rowHeight }}>
            {render(item, first + offset)}
          </div>
        ))}
      </div>
    </div>
  );
}
