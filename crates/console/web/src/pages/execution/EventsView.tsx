/** The history itself, filtered by kind and by words; only visible rows exist. */
import { type ReactElement, useMemo } from 'react';
import type { HistoryEvent } from '../../api/operations.ts';
import { EVENT_GROUPS, eventSummary, eventTitle, groupOf, isError } from '../../history/events.ts';
import { useParam } from '../../router.tsx';
import { Empty, formatDuration } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { VirtualList } from '../../ui/virtual.tsx';
import type { ExecutionView } from './view.ts';

export function EventsView({ view }: { view: ExecutionView }): ReactElement {
  const { history, cursor = Number.POSITIVE_INFINITY } = view;
  const [group, setGroup] = useParam('kind');
  const [words = '', setWords] = useParam('find');
  const start = history.events[0]?.timestamp ?? 0;
  const events = useMemo(() => {
    const wanted = words.toLowerCase();
    const fits = (event: HistoryEvent) =>
      event.id <= cursor &&
      (!group || groupOf(event.type) === group || (group === 'Error' && isError(event.type))) &&
      (!wanted || `${event.id} ${event.type} ${eventSummary(event)}`.toLowerCase().includes(wanted));
    return history.events.filter(fits);
    // biome-ignore lint/correctness/useExhaustiveDependencies: changed in place; its version says so
  }, [history, view.version, cursor, group, words]);
  return (
    <div className="rows-area events-grid">
      <div className="filters row wrap events-filters">
        <div className="search">
          <Icon name="search" />
          <input className="input" type="search" aria-label="Find events" placeholder="Find in events" value={words} onChange={(event) => setWords(event.target.value)} />
        </div>
        <select className="select fit" aria-label="Kind of event" value={group ?? ''} onChange={(event) => setGroup(event.target.value)}>
          <option value="">All kinds</option>
          {EVENT_GROUPS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <span className="muted num" role="status">
          {events.length.toLocaleString()}
        </span>
      </div>
      <div className="rows-head" aria-hidden="true">
        <span>Id</span>
        <span>Event</span>
        <span>About</span>
        <span>After</span>
      </div>
      {events.length === 0 ? (
        <Empty icon="search" title="No event matches" />
      ) : (
        <VirtualList
          items={events}
          rowHeight={34}
          label="Events"
          className="rows-list"
          focus={view.event === undefined ? undefined : events.findIndex((event) => event.id === view.event)}
          render={(event) => (
            <button type="button" className={`rows-row${event.id === view.event ? ' selected' : ''}${isError(event.type) ? ' bad' : ''}`} aria-pressed={event.id === view.event} onClick={() => view.selectEvent(event.id === view.event ? undefined : event.id)}>
              <span className="num muted">{event.id}</span>
              <span className="ellipsis strong row tight">
                {isError(event.type) && <Icon name="failed" size={12} />}
                {eventTitle(event.type)}
              </span>
              <span className="ellipsis">{eventSummary(event).slice(0, 300)}</span>
              <span className="num muted">{formatDuration(event.timestamp - start)}</span>
            </button>
          )}
        />
      )}
    </div>
  );
}
