/** Goes through the history like through a film. */
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { eventTitle } from '../../history/events.ts';
import type { History } from '../../history/fold.ts';
import { formatDuration } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';

/** However long the history, a replay takes about this long. */
const REPLAY_MS = 12_000;
const STEP_MS = 150;

interface ScrubberProps {
  history: History;
  version: number;
  cursor: number | undefined;
  onChange: (id: number | undefined) => void;
}

export function Scrubber({ history, cursor, onChange }: ScrubberProps): ReactElement | null {
  const last = history.lastId;
  const [playing, setPlaying] = useState(false);
  const at = Math.min(cursor ?? last, last);
  const position = useRef(at);
  position.current = at;
  useEffect(() => {
    if (!playing) return;
    const step = Math.max(1, Math.ceil((last * STEP_MS) / REPLAY_MS));
    const timer = setInterval(() => {
      const next = position.current + step;
      if (next >= last) setPlaying(false);
      onChange(next >= last ? undefined : next);
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [playing, last, onChange]);
  if (last < 2) return null;
  const event = history.events[at - 1];
  const start = history.events[0]?.timestamp ?? 0;
  const text = event ? `${eventTitle(event.type)}, event ${at} of ${last}` : '';
  const play = () => {
    if (!playing && at >= last) onChange(1);
    setPlaying(!playing);
  };
  return (
    <div className="scrubber">
      <button type="button" className="button small icon-only" aria-label={playing ? 'Pause replay' : 'Replay'} onClick={play}>
        <Icon name={playing ? 'pause' : 'play'} size={13} />
      </button>
      <input
        type="range"
        min={1}
        max={last}
        value={at}
        aria-label="Moment in the history"
        aria-valuetext={text}
        onChange={(change) => {
          const id = Number(change.target.value);
          setPlaying(false);
          onChange(id >= last ? undefined : id);
        }}
      />
      <span className="scrubber-text num ellipsis">
        {text}
        {event && <span className="muted"> · {formatDuration(event.timestamp - start)}</span>}
      </span>
      <button type="button" className="button small" disabled={cursor === undefined} onClick={() => onChange(undefined)}>
        Now
      </button>
    </div>
  );
}
