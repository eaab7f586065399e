/** The address bar is the state: every view, filter and selection has a URL that can be shared. */
import { type AnchorHTMLAttributes, type ReactElement, useCallback, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
/** Asked before the page is left; an editor with unsaved changes says no. */
let guard: (() => boolean) | undefined;

function notify(): void {
  for (const listener of listeners) listener();
}

globalThis.window?.addEventListener('popstate', notify);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setGuard(next: (() => boolean) | undefined): void {
  guard = next;
}

export function navigate(to: string, { replace = false } = {}): void {
  const from = location.pathname;
  if (new URL(to, location.href).pathname !== from && guard && !guard()) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  notify();
  if (new URL(to, location.href).pathname !== from) {
    window.scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  }
}

export function useLocation(): URL {
  const href = useSyncExternalStore(subscribe, () => location.href);
  return new URL(href);
}

/** One search parameter as state. Setting it replaces the entry, so that Back leaves the page. */
export function useParam(name: string): [string | undefined, (value: string | undefined) => void] {
  const url = useLocation();
  const set = useCallback(
    (value: string | undefined) => {
      const next = new URL(location.href);
      if (value === undefined || value === '') next.searchParams.delete(name);
      else next.searchParams.set(name, value);
      navigate(next.pathname + next.search, { replace: true });
    },
    [name],
  );
  return [url.searchParams.get(name) ?? undefined, set];
}

/** ARNs stay readable in the address: only what would end a path segment is escaped. */
function segment(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

export const paths = {
  machines: () => '/',
  machine: (arn: string, tab?: string) => `/machines/${segment(arn)}${tab ? `?tab=${tab}` : ''}`,
  editor: (arn: string) => `/machines/${segment(arn)}/edit`,
  create: () => '/new',
  execution: (arn: string) => `/executions/${segment(arn)}`,
  mapRun: (arn: string) => `/map-runs/${segment(arn)}`,
  tasks: () => '/tasks',
};

export type Route =
  | { view: 'machines' }
  | { view: 'machine' | 'editor' | 'execution' | 'mapRun'; arn: string }
  | { view: 'create' | 'tasks' | 'unknown' };

export function routeOf(pathname: string): Route {
  const [first = '', second, third] = pathname.split('/').slice(1).map(decode);
  if (first === '' || (first === 'machines' && !second)) return { view: 'machines' };
  if (first === 'new') return { view: 'create' };
  if (first === 'tasks') return { view: 'tasks' };
  if (first === 'machines' && second) return { view: third === 'edit' ? 'editor' : 'machine', arn: second };
  if (first === 'executions' && second) return { view: 'execution', arn: second };
  if (first === 'map-runs' && second) return { view: 'mapRun', arn: second };
  return { view: 'unknown' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A link that changes the view without loading the page again. */
export function Link({ to, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>): ReactElement {
  return (
    <a
      {...rest}
      href={to}
      onClick={(event) => {
        rest.onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
      }}
    />
  );
}
