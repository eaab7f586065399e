/** Dialogs and menus, on the browser's own modal and popover machinery, which keeps focus right. */
import { type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { cliCommand } from '../api/cli.ts';
import { call, type Input, type OperationName } from '../api/client.ts';
import { useRefresh } from '../api/queries.ts';
import { copyText } from './basics.tsx';
import { Icon, type IconName } from './icons.tsx';

export function Dialog({ title, onClose, children, footer }: { title: string; onClose: () => void; children: ReactNode; footer?: ReactNode }): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={ref} className="dialog" aria-labelledby={heading} onClose={onClose}>
      <div className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="button plain icon-only" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div className="dialog-body">{children}</div>
      {footer && <div className="dialog-foot">{footer}</div>}
    </dialog>
  );
}

interface CliButtonProps {
  operation: string;
  input: Record<string, unknown>;
  /** A call that comes before it. */
  first?: { operation: string; input: Record<string, unknown> } | undefined;
}

/** The command line that does what the button beside it does. */
export function CliButton({ operation, input, first }: CliButtonProps): ReactElement {
  const commands = [...(first ? [cliCommand(first.operation, first.input)] : []), cliCommand(operation, input)];
  return (
    <button type="button" className="button plain" aria-label="Copy as CLI" title="Copy as CLI" onClick={() => void copyText(commands.join('\n'), 'Command')}>
      <Icon name="terminal" />
      <span className="wide-only">Copy as CLI</span>
    </button>
  );
}

export interface ConfirmProps {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  operation: string;
  input: Record<string, unknown>;
  /** Why it cannot be done as it stands; said beside the field that it is about. */
  problem?: string | undefined;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before an action, names its object, and stays open until the server has answered. */
export function Confirm(props: ConfirmProps): ReactElement {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = async () => {
    setBusy(true);
    try {
      await props.onConfirm();
      props.onClose();
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
      setBusy(false);
    }
  };
  const footer = (
    <>
      <CliButton operation={props.operation} input={props.input} />
      <span className="grow" />
      <button type="button" className="button" onClick={props.onClose}>
        Cancel
      </button>
      <button type="button" className={`button ${props.danger ? 'danger' : 'primary'}`} disabled={busy || props.problem !== undefined} onClick={() => void run()}>
        {props.action}
      </button>
    </>
  );
  return (
    <Dialog title={props.title} onClose={props.onClose} footer={footer}>
      {props.children}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </Dialog>
  );
}

interface CallDialogProps<N extends OperationName> {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  operation: N;
  input: Input<N>;
  /** What the call makes out of date: keys of queries. */
  renews: readonly string[];
  onDone?: () => void;
  onClose: () => void;
}

/** Asks before one call of the API, and makes it. */
export function CallDialog<N extends OperationName>({ renews, onDone, ...rest }: CallDialogProps<N>): ReactElement {
  const refresh = useRefresh();
  const run = async () => {
    await call(rest.operation, rest.input);
    refresh(...renews);
    onDone?.();
  };
  return <Confirm {...rest} input={rest.input as Record<string, unknown>} onConfirm={run} />;
}

export interface MenuItem {
  icon: IconName;
  label: string;
  onSelect: () => void;
  disabled?: boolean;
}

export function Menu({ label, icon = 'more', items, text }: { label: string; icon?: IconName; items: MenuItem[]; text?: string }): ReactElement {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const place = () => {
    if (!button.current || !menu.current) return;
    const box = button.current.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = menu.current;
    const left = Math.max(8, Math.min(box.right - offsetWidth, innerWidth - offsetWidth - 8));
    const below = box.bottom + 4 + offsetHeight <= innerHeight;
    menu.current.style.left = `${left + scrollX}px`;
    menu.current.style.top = `${(below ? box.bottom + 4 : box.top - offsetHeight - 4) + scrollY}px`;
    menu.current.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
  };
  return (
    <>
      <button ref={button} type="button" className={`button ${text ? '' : 'icon-only'}`} aria-label={text ? undefined : label} aria-haspopup="menu" popoverTarget={id}>
        <Icon name={icon} />
        {text}
        {text && <Icon name="down" size={14} />}
      </button>
      <div ref={menu} id={id} popover="auto" className="menu" role="menu" aria-label={label} onToggle={(event) => event.newState === 'open' && place()} onKeyDown={moveInMenu}>
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            disabled={item.disabled}
            onClick={() => {
              menu.current?.hidePopover();
              item.onSelect();
            }}
          >
            <Icon name={item.icon} />
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}

function moveInMenu(event: React.KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not(:disabled)')];
  const now = items.indexOf(document.activeElement as HTMLElement);
  items[(now + step + items.length) % items.length]?.focus();
}
