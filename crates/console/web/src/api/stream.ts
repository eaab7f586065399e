/** Follows an execution's history: what happened, then events as they happen, on one stream. */
import { useEffect, useRef, useState } from 'react';
import { History } from '../history/fold.ts';
import { call } from './client.ts';
import type { HistoryEvent } from './operations.ts';

const PAGE = 1_000;
/** When the stream cannot be had, this often we ask. */
const POLL_MS = 1_500;
/** The screen is renewed at most this often, however fast events come. */
const RENEW_MS = 120;
/** While a long past is being read, the time is better spent on reading. */
const RENEW_READING_MS = 1_000;
/** The server sends so many events together only while it has more. */
const MANY = 64;

export interface Followed {
  history: History;
  /** Changes whenever the history has grown. */
  version: number;
  loading: boolean;
  live: boolean;
  error: unknown;
}

/** `redrives`: how often the execution was redriven; an execution that had ended goes on then. */
export function useHistory(executionArn: string, redrives: number, enabled: boolean): Followed {
  const history = useRef(new History());
  const [state, setState] = useState<Omit<Followed, 'history'>>({ version: 0, loading: true, live: false, error: undefined });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a redrive begins another stream
  useEffect(() => {
    if (!enabled) return;
    const follower = new Follower(executionArn, history.current, (change) => setState((now) => ({ ...now, ...change, version: now.version + 1 })));
    follower.start();
    return () => follower.stop();
  }, [executionArn, redrives, enabled]);
  return { history: history.current, ...state };
}

type Change = Partial<Pick<Followed, 'loading' | 'live' | 'error'>>;

class Follower {
  private readonly stopped = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private source: EventSource | undefined;
  private shown = false;
  private ended = false;

  constructor(
    private readonly arn: string,
    private readonly history: History,
    private readonly changed: (change: Change) => void,
  ) {}

  start(): void {
    document.addEventListener('visibilitychange', this.attend, { signal: this.stopped.signal });
    this.attend();
  }

  /** A browser opens few connections to one server: a page that nobody looks at lets go of its own. */
  private readonly attend = (): void => {
    if (this.ended) return;
    if (!document.hidden) this.listen();
    else if (this.source) {
      this.source.close();
      this.settle({ live: false });
    }
  };

  stop(): void {
    this.stopped.abort();
    this.source?.close();
    clearTimeout(this.timer);
  }

  private listen(): void {
    this.source?.close();
    this.source = new EventSource(`/console/api/executions/${encodeURIComponent(this.arn)}/events?after=${this.history.lastId}`);
    this.source.onmessage = (message: MessageEvent<string>) => {
      const parsed = JSON.parse(message.data) as HistoryEvent | HistoryEvent[];
      const events = Array.isArray(parsed) ? parsed : [parsed];
      this.history.append(events);
      // The first events are worth showing at once.
      this.renew(this.shown ? (events.length < MANY ? RENEW_MS : RENEW_READING_MS) : 0);
    };
    // The server ends the stream when the execution has ended; that is not to be opened again.
    this.source.addEventListener('end', () => {
      this.ended = true;
      this.source?.close();
      this.settle({ live: false, loading: false, error: undefined });
    });
    this.source.onerror = () => {
      if (this.source?.readyState === EventSource.CLOSED) {
        this.ended = true;
        void this.poll();
      } else this.changed({ live: false });
    };
  }

  /** Shows what has come at once, and nothing later. */
  private settle(change: Change): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changed(change);
  }

  /** Shows what has come, in `delay` milliseconds or when that is to happen anyway. */
  private renew(delay: number): void {
    this.shown = true;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed({ live: true, loading: false, error: undefined });
    }, delay);
  }

  private async poll(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        await this.readTail();
        this.changed({ loading: false, error: undefined });
      } catch (error) {
        if (!this.stopped.signal.aborted) this.changed({ loading: false, error });
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Newest first until what is known already, so that a long history is not read again each time. */
  private async readTail(): Promise<void> {
    const fresh: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const input = { executionArn: this.arn, maxResults: this.history.lastId > 0 ? 100 : PAGE, reverseOrder: true, ...(nextToken ? { nextToken } : {}) };
      const page = await call('GetExecutionHistory', input, this.stopped.signal);
      fresh.push(...page.events);
      nextToken = (page.events.at(-1)?.id ?? 0) > this.history.lastId + 1 ? page.nextToken : undefined;
    } while (nextToken);
    this.history.append(fresh.toReversed());
  }
}
