/** Small pieces that every page uses: statuses, times, notices, empty places. */
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { STATUS_ICON, STATUS_NAME, type Status } from '../history/status.ts';
import { Icon, type IconName } from './icons.tsx';
import { toast } from './toast.tsx';

export function StatusPill({ status }: { status: Status }): ReactElement {
  return (
    <span className={`status status-${status}`}>
      <Icon name={STATUS_ICON[status]} size={13} />
      {STATUS_NAME[status]}
    </span>
  );
}

const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];

export function relativeTime(seconds: number, now: number): string {
  const ago = seconds - now;
  if (Math.abs(ago) < 5) return 'just now';
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ago) >= each) ?? ['second', 1];
  return RELATIVE.format(Math.trunc(ago / size), unit);
}

/** A moment, given in epoch seconds: how long ago to read, the exact time on hover. */
export function Time({ at, exact = false }: { at: number | undefined; exact?: boolean }): ReactElement {
  const now = useNow(30_000);
  if (at === undefined) return <span className="muted">–</span>;
  const date = new Date(at * 1000);
  return (
    <time className="num" dateTime={date.toISOString()} title={`${ABSOLUTE.format(date)} (${date.toISOString()})`}>
      {exact ? ABSOLUTE.format(date) : relativeTime(at, now)}
    </time>
  );
}

/** The time now in epoch seconds, renewed every `every` milliseconds. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function formatDuration(seconds: number): string {
  if (seconds < 0) return '0 ms';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.floor(seconds);
  const parts: [number, string][] = [[Math.floor(whole / 86_400), 'd'], [Math.floor(whole / 3_600) % 24, 'h'], [Math.floor(whole / 60) % 60, 'min'], [whole % 60, 's']];
  return parts.filter(([count]) => count > 0).slice(0, 2).map(([count, unit]) => `${count} ${unit}`).join(' ');
}

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** `h1` where nothing else heads the page. */
  heading?: 'h1' | 'h2';
}

export function Empty({ icon, title, children, actions, heading: Heading = 'h2' }: EmptyProps): ReactElement {
  return (
    <div className="empty">
      <Icon name={icon} size={30} />
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {actions && <div className="row wrap">{actions}</div>}
    </div>
  );
}

export function Notice({ tone, title, children }: { tone: 'bad' | 'warn' | 'info'; title?: string; children?: ReactNode }): ReactElement {
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : tone === 'warn' ? 'status' : undefined}>
      <Icon name={tone === 'info' ? 'info' : 'warning'} />
      <div className="grow">
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
    </div>
  );
}

export function ErrorNotice({ error }: { error: unknown }): ReactElement {
  const title = error instanceof ApiError ? error.code : 'Something went wrong';
  return (
    <Notice tone="bad" title={title}>
      {error instanceof Error ? error.message : String(error)}
    </Notice>
  );
}

/** A page that cannot be shown, because what it is about cannot be had. */
export function ErrorPage({ title, error }: { title: string; error: unknown }): ReactElement {
  return (
    <div className="page stack">
      <h1>{title}</h1>
      <ErrorNotice error={error} />
    </div>
  );
}

export function Loading({ rows = 4 }: { rows?: number }): ReactElement {
  return (
    <div className="stack card-body" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={`skeleton skeleton-${index % 3}`} />
      ))}
    </div>
  );
}

export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('ok', `${what} copied`);
  } catch {
    toast('bad', 'The browser did not allow copying');
  }
}

/** `text` may be made only when it is asked for. */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }): ReactElement {
  return (
    <button type="button" className="button plain small icon-only" aria-label={`Copy ${label}`} title={`Copy ${label}`} onClick={() => void copyText(typeof text === 'string' ? text : text(), label)}>
      <Icon name="copy" size={14} />
    </button>
  );
}

/** Offers `text` as a file. */
export function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
