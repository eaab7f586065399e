/** Shows JSON text: indented, coloured, cut where it would be too long to read, and never as markup. */
import { Fragment, type ReactElement, useMemo, useState } from 'react';
import { CopyButton, download } from './basics.tsx';
import { Icon } from './icons.tsx';

/** Above this a payload is cut, with the whole to be had as a file. */
const SHOWN = 64 * 1024;

/** `text` indented by two, or itself when it is not JSON. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

function coloured(text: string): ReactElement[] {
  const parts: ReactElement[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = match[1] ? (match[2] ? 'key' : 'string') : match[3] ? 'number' : 'literal';
    const word = match[1] ?? match[0];
    parts.push(
      <Fragment key={match.index}>
        {text.slice(from, match.index)}
        <span className={kind}>{word}</span>
      </Fragment>,
    );
    from = match.index + word.length;
  }
  parts.push(<Fragment key="rest">{text.slice(from)}</Fragment>);
  return parts;
}

export function JsonView({ text, label, plain = false }: { text: string | undefined; label: string; plain?: boolean }): ReactElement {
  const whole = useMemo(() => (text === undefined ? '' : plain ? text : pretty(text)), [text, plain]);
  const cut = whole.length > SHOWN;
  const [all, setAll] = useState(false);
  const shown = cut && !all ? whole.slice(0, SHOWN) : whole;
  const content = useMemo(() => (plain || shown.length > 4 * SHOWN ? shown : coloured(shown)), [shown, plain]);
  if (text === undefined) return <p className="muted">Nothing here.</p>;
  return (
    <div className="json">
      <div className="json-tools">
        <CopyButton text={whole} label={label} />
        <button type="button" className="button plain small icon-only" aria-label={`Download ${label}`} title={`Download ${label}`} onClick={() => download(`${label}.json`, new Blob([whole], { type: 'application/json' }))}>
          <Icon name="download" size={14} />
        </button>
      </div>
      <pre tabIndex={0} role="region" aria-label={label}>
        {content}
      </pre>
      {cut && !all && (
        <div className="row card-body">
          <span className="muted grow">
            The first 64 KB of {Math.round(whole.length / 1024)} KB are shown.
          </span>
          <button type="button" className="button small" onClick={() => setAll(true)}>
            Show all
          </button>
        </div>
      )}
    </div>
  );
}
