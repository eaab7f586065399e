/** Light or dark: the system's wish, unless this browser has been told otherwise. */
import { useSyncExternalStore } from 'react';

const KEY = 'stepwell.theme';
const system = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export type Theme = 'light' | 'dark';

function stored(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined;
  }
}

export function currentTheme(): Theme {
  return stored() ?? (system?.matches ? 'dark' : 'light');
}

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = currentTheme();
  for (const listener of listeners) listener();
}

system?.addEventListener('change', applyTheme);

export function toggleTheme(): void {
  try {
    localStorage.setItem(KEY, currentTheme() === 'dark' ? 'light' : 'dark');
  } catch {
    // Private windows may refuse storage; the page then follows the system.
  }
  applyTheme();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentTheme);
}
