/** A list of rows of one height of which only the visible ones exist. */
import { type ReactElement, type ReactNode, useLayoutEffect, useRef, useState } from 'react';

const OVERSCAN = 12;

interface VirtualListProps<T> {
  items: readonly T[];
  rowHeight: number;
  label: string;
  className?: string;
  /** Scrolled into view when it changes. */
  focus?: number | undefined;
  render: (item: T, index: number) => ReactNode;
}

export function VirtualList<T>({ items, rowHeight, label, className, focus, render }: VirtualListProps<T>): ReactElement {
  const ref = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
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
