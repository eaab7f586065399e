/** Builds and changes a state machine: on the canvas, as text, and its settings. */
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { nameOf } from '../../api/arn.ts';
import { cliCommand } from '../../api/cli.ts';
import { ApiError, call } from '../../api/client.ts';
import type { StateMachine } from '../../api/operations.ts';
import { useMachine, useRefresh } from '../../api/queries.ts';
import { insertInto, insertOnEdge, type Template } from '../../asl/operations.ts';
import { queryLanguageOf } from '../../asl/types.ts';
import { Link, navigate, paths, setGuard, useParam } from '../../router.tsx';
import { ErrorNotice, ErrorPage, Loading } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { StartDialog } from '../StartDialog.tsx';
import { DEFAULT_ROLE } from '../examples.ts';
import { Canvas, CanvasTools } from './Canvas.tsx';
import { type Problem, useProblems } from './checker.ts';
import { CodeView } from './CodeView.tsx';
import { FileMenu } from './FileMenu.tsx';
import { Inspector, ProblemList } from './Inspector.tsx';
import { Palette } from './Palette.tsx';
import { Session } from './session.ts';
import { type Settings, SettingsView, settingsOf } from './SettingsView.tsx';
import { placeFor } from './target.ts';

const MODES = [
  { key: 'design', label: 'Design', icon: 'graph' },
  { key: 'code', label: 'Code', icon: 'code' },
  { key: 'settings', label: 'Settings', icon: 'settings' },
] as const satisfies readonly Tab<string>[];

const EMPTY = `{
  "Comment": "",
  "QueryLanguage": "JSONata",
  "States": {}
}
`;

const NONE: readonly Problem[] = [];

export function EditorPage({ arn }: { arn?: string }): ReactElement {
  const machine = useMachine(arn ?? '', arn !== undefined);
  if (arn === undefined) return <Editor machine={undefined} />;
  if (!machine.data) return machine.error ? <ErrorPage title={nameOf(arn)} error={machine.error} /> : <Loading />;
  return <Editor key={arn} machine={machine.data} />;
}

function Editor({ machine }: { machine: StateMachine | undefined }): ReactElement {
  const [session] = useState(() => new Session(machine?.definition ?? EMPTY));
  const shot = useSyncExternalStore(session.subscribe, session.snapshot);
  const [settings, setSettings] = useState<Settings>(() => settingsOf(machine));
  const [savedSettings, setSavedSettings] = useState(settings);
  const [modeParam, setMode] = useParam('mode');
  const mode = MODES.find((each) => each.key === modeParam)?.key ?? 'design';
  const found = useProblems(shot, () => session.json(), settings.type);
  // Of a machine that nobody has begun it is no news that it lacks states.
  const begun = shot.text !== EMPTY;
  const problems = begun ? found : NONE;
  const [target, setTarget] = useState<string>();
  const [starting, setStarting] = useState(false);
  const drawing = useRef<SVGGElement>(null);
  const dirty = shot.dirty || JSON.stringify(settings) !== JSON.stringify(savedSettings);
  const name = machine?.name ?? (settings.name || 'New state machine');
  useTitle(machine ? `Edit ${name}` : 'New state machine');
  useGuard(dirty);
  const { save, saving, error, command } = useSave(session, machine, settings, () => setSavedSettings(settings), setMode);
  useKeys(session, save);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return (
    <div className="editor">
      <div className="editor-head">
        <div className="grow row editor-title">
          <Link className="button plain icon-only" to={machine ? paths.machine(machine.stateMachineArn) : paths.machines()} aria-label="Leave the editor">
            <Icon name="back" />
          </Link>
          <h1 className="ellipsis">{name}</h1>
          {dirty && <span className="chip">Not saved</span>}
        </div>
        <Tabs label="Mode" tabs={MODES} current={mode} onChange={setMode} segmented />
        <div className="grow row end editor-actions">
          <CanvasTools session={session} shot={shot} />
          <FileMenu session={session} shot={shot} name={name} drawing={drawing} command={command} />
          {machine && (
            <button type="button" className="button" disabled={dirty} title={dirty ? 'Save first' : undefined} onClick={() => setStarting(true)}>
              <Icon name="play" />
              Start
            </button>
          )}
          <button type="button" className="button primary" disabled={saving || (machine !== undefined && !dirty)} onClick={() => void save()}>
            {machine ? 'Save' : 'Create'}
          </button>
        </div>
      </div>
      {error !== undefined && (
        <div className="editor-error">
          <ErrorNotice error={error} />
        </div>
      )}
      {mode === 'design' && (
        <div className={`editor-design${shot.selected === undefined ? '' : ' chosen'}`}>
          <Palette language={queryLanguageOf(shot.value, undefined)} onPick={(template) => pick(session, target, template, setTarget)} targetName={placeFor(shot, target)?.hint ?? 'Click or drag to add the first state'} />
          <section className="editor-canvas" aria-label="Canvas">
            <Canvas session={session} shot={shot} problems={problems} name={name} target={target} onTarget={setTarget} drawing={drawing} />
            {begun && <ProblemCount errors={errors} problems={problems} onClick={() => session.select(problems.find((each) => each.state)?.state)} />}
          </section>
          <aside className="editor-inspector" aria-label="Inspector">
            <Inspector session={session} shot={shot} problems={problems} />
          </aside>
        </div>
      )}
      {mode === 'code' && (
        <div className="editor-code">
          <section className="editor-text" aria-label="Text">
            <CodeView session={session} shot={shot} problems={problems} type={settings.type} />
          </section>
          <section className="editor-canvas" aria-label="Graph">
            <Canvas session={session} shot={shot} problems={problems} name={name} target={undefined} onTarget={() => {}} drawing={drawing} />
          </section>
          <div className="editor-problems">
            <ProblemList problems={problems} onPick={(problem) => session.select(problem.state)} />
          </div>
        </div>
      )}
      {mode === 'settings' && <SettingsView settings={settings} onChange={setSettings} created={machine !== undefined} />}
      {starting && machine && <StartDialog arn={machine.stateMachineArn} type={machine.type} onClose={() => setStarting(false)} />}
    </div>
  );
}

function ProblemCount({ errors, problems, onClick }: { errors: number; problems: readonly Problem[]; onClick: () => void }): ReactElement {
  const warnings = problems.length - errors;
  const parts = [errors > 0 && `${errors} error${errors > 1 ? 's' : ''}`, warnings > 0 && `${warnings} warning${warnings > 1 ? 's' : ''}`].filter(Boolean);
  return (
    <button type="button" className={`problem-count ${errors > 0 ? 'bad' : warnings > 0 ? 'warn' : 'ok'}`} disabled={problems.length === 0} onClick={onClick}>
      <Icon name={problems.length > 0 ? 'warning' : 'succeeded'} size={14} />
      <span role="status">{parts.join(', ') || 'No problems'}</span>
    </button>
  );
}

function pick(session: Session, target: string | undefined, template: Template, setTarget: (target: string | undefined) => void): void {
  const shot = session.snapshot();
  const place = placeFor(shot, target);
  const made = place ? insertOnEdge(shot.value, place.edge, template) : insertInto(shot.value, [], template);
  session.apply(made.changes, made.path);
  setTarget(undefined);
}

function useGuard(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const leave = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', leave);
    setGuard(() => confirm('Leave without saving?'));
    return () => {
      removeEventListener('beforeunload', leave);
      setGuard(undefined);
    };
  }, [dirty]);
}

function useKeys(session: Session, save: () => Promise<void>): void {
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      const inText = event.composedPath().some((each) => each instanceof HTMLElement && (each.isContentEditable || ['INPUT', 'TEXTAREA'].includes(each.tagName)));
      if (key === 's') {
        event.preventDefault();
        void save();
      } else if (!inText && (key === 'z' || key === 'y')) {
        event.preventDefault();
        if (key === 'y' || event.shiftKey) session.redo();
        else session.undo();
      }
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, [session, save]);
}

function useSave(session: Session, machine: StateMachine | undefined, settings: Settings, onSaved: () => void, setMode: (mode: string) => void) {
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>();
  const refresh = useRefresh();
  const common = useMemo(
    () => ({
      roleArn: settings.roleArn || DEFAULT_ROLE,
      loggingConfiguration: { level: settings.logLevel, includeExecutionData: settings.logData, ...(settings.logGroup ? { destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: settings.logGroup } }] } : {}) },
      tracingConfiguration: { enabled: settings.tracing },
    }),
    [settings],
  );
  const update = useCallback(() => ({ stateMachineArn: machine?.stateMachineArn ?? '', definition: session.definition(), ...common }), [machine, session, common]);
  const creation = useCallback(
    () => ({ name: settings.name, type: settings.type, definition: session.definition(), ...(settings.tags.length > 0 ? { tags: settings.tags } : {}), ...common }),
    [session, settings, common],
  );
  const save = useCallback(async () => {
    if (!machine && !settings.name) {
      setMode('settings');
      setError(new ApiError('A name is wanted', 'Give the state machine a name first.', 400));
      return;
    }
    setSaving(true);
    setError(undefined);
    try {
      if (machine) {
        await call('UpdateStateMachine', update());
        toast('ok', `${machine.name} saved as a new revision`);
      } else {
        const { stateMachineArn } = await call('CreateStateMachine', creation());
        setGuard(undefined);
        navigate(paths.machine(stateMachineArn));
      }
      session.markSaved();
      onSaved();
      refresh('machine', 'machines');
    } catch (caught) {
      setError(caught);
    }
    setSaving(false);
  }, [session, machine, settings, update, creation, onSaved, setMode, refresh]);
  const command = () => (machine ? cliCommand('UpdateStateMachine', update()) : cliCommand('CreateStateMachine', creation()));
  return { save, saving, error, command };
}
