/** The head of a side panel: what it is about, and the way out of it. */
import type { ReactElement } from 'react';
import { Icon } from './icons.tsx';

export function PanelHead({ title, subtitle, onClose }: { title: string; subtitle?: string; onClose?: () => void }): ReactElement {
  return (
    <div className="panel-head">
      <div className="grow">
        <h2 className="break">{title}</h2>
        {subtitle && <p className="muted">{subtitle}</p>}
      </div>
      {onClose && (
        <button type="button" className="button plain icon-only" aria-label="Close details" onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
