/** Short messages at the corner; a screen reader hears them too. */
import { type ReactElement, useSyncExternalStore } from 'react';
import { Icon } from './icons.tsx';

interface Toast {
  id: number;
  tone: 'ok' | 'bad';
  text: string;
}

const SHOWN_MS = 6_000;
let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(value: readonly Toast[]): void {
  toasts = value;
  for (const listener of listeners) listener();
}

export function toast(tone: Toast['tone'], text: string): void {
  const id = next++;
  set([...toasts.slice(-3), { id, tone, text }]);
  setTimeout(() => set(toasts.filter((each) => each.id !== id)), SHOWN_MS);
}

export function Toasts(): ReactElement {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((each) => (
        <div key={each.id} className={`toast ${each.tone}`}>
          <Icon name={each.tone === 'ok' ? 'Succeed' : 'warning'} />
          <span>{each.text}</span>
        </div>
      ))}
    </div>
  );
}
