/** What belongs to a state machine besides its definition. */
import { type ReactElement, useState } from 'react';
import type { LoggingConfiguration, MachineType, StateMachine, Tag } from '../../api/operations.ts';
import { DEFAULT_ROLE } from '../examples.ts';
import { parseTags } from '../machine/TagsDialog.tsx';

export interface Settings {
  name: string;
  type: MachineType;
  roleArn: string;
  logLevel: NonNullable<LoggingConfiguration['level']>;
  logData: boolean;
  logGroup: string;
  tracing: boolean;
  tags: Tag[];
}

export function settingsOf(machine: StateMachine | undefined): Settings {
  const logging = machine?.loggingConfiguration;
  return {
    name: machine?.name ?? '',
    type: machine?.type ?? 'STANDARD',
    roleArn: machine?.roleArn ?? DEFAULT_ROLE,
    logLevel: logging?.level ?? 'OFF',
    logData: logging?.includeExecutionData ?? false,
    logGroup: logging?.destinations?.[0]?.cloudWatchLogsLogGroup.logGroupArn ?? '',
    tracing: machine?.tracingConfiguration?.enabled ?? false,
    tags: [],
  };
}

interface SettingsViewProps {
  settings: Settings;
  onChange: (settings: Settings) => void;
  /** A name and a type cannot be changed later. */
  created: boolean;
}

export function SettingsView({ settings, onChange, created }: SettingsViewProps): ReactElement {
  const set = <K extends keyof Settings>(key: K, value: Settings[K]) => onChange({ ...settings, [key]: value });
  const [tags, setTags] = useState('');
  return (
    <div className="page">
      <section className="card card-body settings stack" aria-label="Settings">
        <label className="field">
          <span className="field-label">Name</span>
          <input className="input" value={settings.name} maxLength={80} disabled={created} onChange={(event) => set('name', event.target.value)} />
        </label>
        <label className="field">
          <span className="field-label">Type</span>
          <select className="select" value={settings.type} disabled={created} onChange={(event) => set('type', event.target.value as MachineType)}>
            <option value="STANDARD">Standard: durable, every step recorded</option>
            <option value="EXPRESS">Express: fast, up to five minutes, not recorded</option>
          </select>
        </label>
        <label className="field">
          <span className="field-label">Role</span>
          <input className="input mono" value={settings.roleArn} onChange={(event) => set('roleArn', event.target.value)} />
        </label>
        <label className="field">
          <span className="field-label">Logging</span>
          <select className="select" value={settings.logLevel} onChange={(event) => set('logLevel', event.target.value as Settings['logLevel'])}>
            {(['OFF', 'FATAL', 'ERROR', 'ALL'] as const).map((level) => (
              <option key={level}>{level}</option>
            ))}
          </select>
        </label>
        {settings.logLevel !== 'OFF' && (
          <>
            <label className="field">
              <span className="field-label">Log group ARN</span>
              <input className="input mono" value={settings.logGroup} placeholder="arn:aws:logs:…:log-group:name:*" onChange={(event) => set('logGroup', event.target.value)} />
            </label>
            <label className="check">
              <input type="checkbox" checked={settings.logData} onChange={(event) => set('logData', event.target.checked)} />
              Log inputs and outputs too
            </label>
          </>
        )}
        <label className="check">
          <input type="checkbox" checked={settings.tracing} onChange={(event) => set('tracing', event.target.checked)} />
          Tracing
        </label>
        {!created && (
          <label className="field">
            <span className="field-label">Tags, one per line as key=value</span>
            <textarea
              className="textarea compact"
              rows={3}
              value={tags}
              onChange={(event) => {
                setTags(event.target.value);
                set('tags', parseTags(event.target.value));
              }}
            />
          </label>
        )}
      </section>
    </div>
  );
}
