/** Tabs, as rows of words or as a segmented switch; arrows move between them. */
import { type KeyboardEvent, type ReactElement, type ReactNode, useId } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface Tab<K extends string> {
  key: K;
  label: string;
  icon?: IconName;
}

interface TabsProps<K extends string> {
  label: string;
  tabs: readonly Tab<K>[];
  current: K;
  onChange: (key: K) => void;
  segmented?: boolean;
  children?: ReactNode;
  panelClass?: string;
}

export function Tabs<K extends string>({ label, tabs, current, onChange, segmented, children, panelClass }: TabsProps<K>): ReactElement {
  const id = useId();
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = tabs.findIndex((tab) => tab.key === current);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  return (
    <>
      <div className={segmented ? 'segmented' : 'tabs'} role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            id={`${id}-${tab.key}`}
            type="button"
            role="tab"
            className={segmented ? undefined : 'tab'}
            aria-selected={tab.key === current}
            aria-controls={children === undefined ? undefined : `${id}-panel`}
            tabIndex={tab.key === current ? 0 : -1}
            onClick={() => onChange(tab.key)}
          >
            {tab.icon && <Icon name={tab.icon} size={14} />}
            {tab.label}
          </button>
        ))}
      </div>
      {children !== undefined && (
        <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${current}`} className={panelClass}>
          {children}
        </div>
      )}
    </>
  );
}
