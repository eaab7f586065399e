/** A pannable, zoomable window onto a drawing: wheel, drag, pinch, buttons and keys. */
import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, type ReactElement, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Icon } from '../ui/icons.tsx';

interface View {
  x: number;
  y: number;
  scale: number;
}

const MIN = 0.15;
const MAX = 2.5;
const MARGIN = 28;
/** A small drawing hangs from the top rather than float in the middle of a tall window. */
const TOP = 120;

interface ViewportProps {
  width: number;
  height: number;
  label: string;
  children: ReactNode;
  tools?: ReactNode;
  /** Anything whose change means that the drawing is another one and should be fitted anew. */
  fitKey?: string;
  onBackground?: () => void;
  onDrop?: (event: React.DragEvent) => void;
  onDragOver?: (event: React.DragEvent) => void;
}

export function Viewport({ width, height, label, children, tools, fitKey, onBackground, onDrop, onDragOver }: ViewportProps): ReactElement {
  const ref = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ x: MARGIN, y: MARGIN, scale: 1 });
  const touched = useRef(false);

  const fit = useCallback(() => {
    const element = ref.current;
    if (!element || width === 0) return;
    const { clientWidth, clientHeight } = element;
    const scale = Math.max(MIN, Math.min(1, (clientWidth - 2 * MARGIN) / width, Math.max(0.55, (clientHeight - 2 * MARGIN) / height)));
    const tall = height * scale > clientHeight - MARGIN;
    setView({ scale, x: (clientWidth - width * scale) / 2, y: tall ? MARGIN : Math.min(TOP, (clientHeight - height * scale) / 2) });
    touched.current = false;
  }, [width, height]);

  // Only another drawing, or a window of another size, moves what the reader has arranged.
  // biome-ignore lint/correctness/useExhaustiveDependencies: fitKey decides
  useLayoutEffect(fit, [fitKey]);
  useLayoutEffect(() => {
    if (!touched.current) fit();
  }, [fit]);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (!touched.current) fit();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [fit]);

  const zoom = useCallback((factor: number, at?: { x: number; y: number }) => {
    touched.current = true;
    setView((now) => {
      const scale = Math.max(MIN, Math.min(MAX, now.scale * factor));
      const box = ref.current;
      const centre = at ?? { x: (box?.clientWidth ?? 0) / 2, y: (box?.clientHeight ?? 0) / 2 };
      const by = scale / now.scale;
      return { scale, x: centre.x - (centre.x - now.x) * by, y: centre.y - (centre.y - now.y) * by };
    });
  }, []);
  const pan = useCallback((dx: number, dy: number) => {
    touched.current = true;
    setView((now) => ({ ...now, x: now.x + dx, y: now.y + dy }));
  }, []);

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY * 0.01), { x: event.clientX - box.left, y: event.clientY - box.top });
      else pan(-event.deltaX, -event.deltaY);
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [zoom, pan]);

  const keys = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const step = 48;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => pan(step, 0),
      ArrowRight: () => pan(-step, 0),
      ArrowUp: () => pan(0, step),
      ArrowDown: () => pan(0, -step),
      '+': () => zoom(1.2),
      '=': () => zoom(1.2),
      '-': () => zoom(1 / 1.2),
      '0': fit,
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move();
  };

  return (
    <div className="viewport">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keys move the picture */}
      <div ref={ref} className="viewport-stage" role="group" aria-label={label} tabIndex={0} onKeyDown={keys} onDrop={onDrop} onDragOver={onDragOver} {...useDrag(pan, zoom, onBackground)}>
        <svg width="100%" height="100%" aria-hidden={false}>
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>{children}</g>
        </svg>
      </div>
      <div className="viewport-tools" role="toolbar" aria-label="Zoom">
        {tools}
        <button type="button" className="button small icon-only" aria-label="Zoom out" onClick={() => zoom(1 / 1.25)}>
          <Icon name="minus" size={14} />
        </button>
        <span className="num viewport-scale" aria-live="off">
          {Math.round(view.scale * 100)}%
        </span>
        <button type="button" className="button small icon-only" aria-label="Zoom in" onClick={() => zoom(1.25)}>
          <Icon name="plus" size={14} />
        </button>
        <button type="button" className="button small icon-only" aria-label="Fit to window" onClick={fit}>
          <Icon name="fit" size={14} />
        </button>
      </div>
    </div>
  );
}

/** Below this many pixels a press is a click, not a drag. */
const SLACK = 4;

function useDrag(pan: (dx: number, dy: number) => void, zoom: (factor: number, at?: { x: number; y: number }) => void, onBackground?: () => void) {
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(0);
  return {
    onPointerDown: (event: ReactPointerEvent<HTMLDivElement>) => {
      if (event.button !== 0 || (event.target as Element).closest('[data-node],[data-drop]')) return;
      pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      moved.current = 0;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: ReactPointerEvent<HTMLDivElement>) => {
      const before = pointers.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const box = event.currentTarget.getBoundingClientRect();
        const far = (a: { x: number; y: number }) => Math.hypot(a.x - other.x, a.y - other.y);
        zoom(far(now) / Math.max(1, far(before)), { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top });
      } else pan(now.x - before.x, now.y - before.y);
      moved.current += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
      pointers.current.set(event.pointerId, now);
    },
    onPointerUp: (event: ReactPointerEvent<HTMLDivElement>) => {
      if (pointers.current.delete(event.pointerId) && moved.current < SLACK) onBackground?.();
    },
    onPointerCancel: (event: ReactPointerEvent<HTMLDivElement>) => void pointers.current.delete(event.pointerId),
  };
}
