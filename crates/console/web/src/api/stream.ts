/** Follows an execution's history: pages of what happened, then events as they happen. */
import { useEffect, useRef, useState } from 'react';
import { History } from '../history/fold.ts';
import { call } from './client.ts';
import type { HistoryEvent } from './operations.ts';

const PAGE = 1_000;
/** When the stream cannot be had, this often we ask. */
const POLL_MS = 1_500;
/** The screen is renewed at most this often, however fast events come. */
const RENEW_MS = 120;

export interface Followed {
  history: History;
  /** Changes whenever the history has grown. */
  version: number;
  loading: boolean;
  live: boolean;
  error: unknown;
}

/** `finished`: the execution has ended, so once its history is read nothing more will come. */
export function useHistory(executionArn: string, finished: boolean | undefined, enabled: boolean): Followed {
  const history = useRef(new History());
  const [state, setState] = useState<Omit<Followed, 'history'>>({ version: 0, loading: true, live: false, error: undefined });
  useEffect(() => {
    if (!enabled || finished === undefined) return;
    setState((now) => (now.live ? { ...now, live: false } : now));
    const follower = new Follower(executionArn, history.current, !finished, (change) => setState((now) => ({ ...now, ...change, version: now.version + 1 })));
    void follower.run();
    return () => follower.stop();
  }, [executionArn, finished, enabled]);
  return { history: history.current, ...state };
}

type Change = Partial<Pick<Followed, 'loading' | 'live' | 'error'>>;

class Follower {
  private readonly stopped = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private source: EventSource | undefined;

  constructor(
    private readonly arn: string,
    private readonly history: History,
    private readonly live: boolean,
    private readonly changed: (change: Change) => void,
  ) {}

  async run(): Promise<void> {
    try {
      if (this.history.lastId > 0) await this.readTail();
      else await this.readAll();
      this.changed({ loading: false, error: undefined });
      if (this.live && !this.stopped.signal.aborted) this.listen();
    } catch (error) {
      if (!this.stopped.signal.aborted) this.changed({ loading: false, error });
    }
  }

  stop(): void {
    this.stopped.abort();
    this.source?.close();
    clearTimeout(this.timer);
  }

  /** Every page that is there now. The first is shown while the rest is read. */
  private async readAll(): Promise<void> {
    let nextToken: string | undefined;
    do {
      const input = { executionArn: this.arn, maxResults: PAGE, ...(nextToken ? { nextToken } : {}) };
      const page = await call('GetExecutionHistory', input, this.stopped.signal);
      const first = this.history.lastId === 0;
      this.history.append(page.events);
      nextToken = page.nextToken;
      if (first && nextToken) this.changed({});
    } while (nextToken);
  }

  private listen(): void {
    const url = `/console/api/executions/${encodeURIComponent(this.arn)}/events?after=${this.history.lastId}`;
    this.source = new EventSource(url);
    this.source.onopen = () => this.changed({ live: true });
    this.source.onmessage = (message: MessageEvent<string>) => {
      const parsed = JSON.parse(message.data) as HistoryEvent | HistoryEvent[];
      this.history.append(Array.isArray(parsed) ? parsed : [parsed]);
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.changed({ live: true });
      }, RENEW_MS);
    };
    // The server ends the stream when the execution has ended; that is not to be opened again.
    this.source.addEventListener('end', () => {
      this.source?.close();
      this.changed({ live: false });
    });
    this.source.onerror = () => {
      if (this.source?.readyState === EventSource.CLOSED) void this.poll();
      else this.changed({ live: false });
    };
  }

  private async poll(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const before = this.history.lastId;
      try {
        await this.readTail();
        if (this.history.lastId > before) this.changed({});
      } catch {
        // The next round asks again.
      }
    }
  }

  /** Newest first until what is known already, so that a long history is not read again each time. */
  private async readTail(): Promise<void> {
    const fresh: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const input = { executionArn: this.arn, maxResults: 100, reverseOrder: true, ...(nextToken ? { nextToken } : {}) };
      const page = await call('GetExecutionHistory', input, this.stopped.signal);
      fresh.push(...page.events);
      nextToken = (page.events.at(-1)?.id ?? 0) > this.history.lastId + 1 ? page.nextToken : undefined;
    } while (nextToken);
    this.history.append(fresh.toReversed());
  }
}
