/** Names offered under a field of the inspector while an expression is typed in it. */
import { createContext, type KeyboardEvent, type ReactElement, type RefObject, type SyntheticEvent, useContext, useState } from 'react';
import { type Scope, suggest, type Suggestion } from '../../asl/expressions.ts';
import { jsonPlace, suggestPath } from '../../asl/paths.ts';

/** What the selected state's expressions and paths see; nothing outside the inspector of a state. */
export const ScopeContext = createContext<Scope | undefined>(undefined);

type Box = HTMLInputElement | HTMLTextAreaElement;

interface Open {
  suggestions: readonly Suggestion[];
  /** How many characters before the caret are replaced. */
  typed: number;
  active: number;
}

/** More are had by typing more. */
const SHOWN = 50;

/** What is offered at `caret` of the text of a box: `field` is its name, or it holds JSON with names of its own. */
function offered(text: string, caret: number, field: string | undefined, scope: Scope) {
  const before = text.slice(0, caret);
  const place = field === undefined ? jsonPlace(text, caret) : { key: field, before };
  const found = suggest(before, scope) ?? (place && suggestPath(place.key, place.before, scope));
  return found && found.typed !== '' ? found : undefined;
}

/** What to give to the box, and the list to put after it. `change` is told the new text. */
export function useSuggestions(id: string, box: RefObject<Box | null>, field: string | undefined, change: (text: string) => void) {
  const scope = useContext(ScopeContext);
  const [open, setOpen] = useState<Open>();
  const look = (event: SyntheticEvent<Box>) => {
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    const caret = selectionStart ?? value.length;
    const found = scope && caret === selectionEnd ? offered(value, caret, field, scope) : undefined;
    if (!found || found.suggestions.length === 0) setOpen(undefined);
    else setOpen((now) => ({ suggestions: found.suggestions.slice(0, SHOWN), typed: found.typed.length, active: now?.typed === found.typed.length ? now.active : 0 }));
  };
  const take = (picked: Suggestion | undefined) => {
    const element = box.current;
    if (!picked || !open || !element) return;
    const caret = element.selectionStart ?? element.value.length;
    const from = caret - open.typed;
    change(element.value.slice(0, from) + picked.insert + element.value.slice(caret));
    setOpen(undefined);
    // The box has the new text only after it is drawn again.
    requestAnimationFrame(() => element.setSelectionRange(from + picked.insert.length, from + picked.insert.length));
  };
  const keys = (event: KeyboardEvent<Box>) => {
    if (!open) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setOpen({ ...open, active: (open.active + step + open.suggestions.length) % open.suggestions.length });
    else if (event.key === 'Enter' || event.key === 'Tab') take(open.suggestions[open.active]);
    else if (event.key === 'Escape') setOpen(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const props = {
    onSelect: look,
    onKeyDown: keys,
    onBlur: () => setOpen(undefined),
    'aria-autocomplete': scope ? ('list' as const) : undefined,
    'aria-controls': open ? `${id}-names` : undefined,
    'aria-activedescendant': open ? `${id}-name-${open.active}` : undefined,
  };
  return { props, list: open && <Names id={id} open={open} onPick={take} /> };
}

function Names({ id, open, onPick }: { id: string; open: Open; onPick: (picked: Suggestion) => void }): ReactElement {
  return (
    <ul id={`${id}-names`} className="suggestions" role="listbox" aria-label="Names">
      {open.suggestions.map((each, index) => (
        <li
          key={each.label}
          id={`${id}-name-${index}`}
          ref={(element) => {
            if (index === open.active) element?.scrollIntoView({ block: 'nearest' });
          }}
          role="option"
          aria-selected={index === open.active}
          onPointerDown={(event) => {
            // The box keeps the focus.
            event.preventDefault();
            onPick(each);
          }}
        >
          <span className="mono">{each.label}</span> <span className="muted ellipsis">{each.detail}</span>
        </li>
      ))}
    </ul>
  );
}
