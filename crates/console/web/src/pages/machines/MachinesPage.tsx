/** All state machines: found by name or tag, with how their last runs went. */
import { type ReactElement, useMemo, useState } from 'react';
import { AnswerOf, cliCommand } from '../../api/cli.ts';
import { call } from '../../api/client.ts';
import type { StateMachineItem, Tag } from '../../api/operations.ts';
import { useAllTags, useLastRuns, useMachines, useRefresh } from '../../api/queries.ts';
import { STATUS_ICON, STATUS_NAME, statusOf } from '../../history/status.ts';
import { Link, navigate, paths, useParam } from '../../router.tsx';
import { copyText, Empty, ErrorNotice, Loading, relativeTime, Time, useNow } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/overlay.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { StartDialog } from '../StartDialog.tsx';
import { DEFAULT_ROLE, EXAMPLES } from '../examples.ts';
import { DeleteMachine } from '../machine/DeleteMachine.tsx';

const PER_PAGE = 50;

export function MachinesPage(): ReactElement {
  useTitle('State machines');
  const machines = useMachines();
  const [search = '', setSearch] = useParam('q');
  const [type, setType] = useParam('type');
  const [page, setPage] = useState(1);
  const tags = useAllTags(machines.data ?? []);
  const found = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return (machines.data ?? []).filter((each) => (!type || each.type === type) && words.every((word) => searchable(each, tags).includes(word)));
  }, [machines.data, search, type, tags]);
  const shown = found.slice(0, page * PER_PAGE);
  const none = machines.data?.length === 0;
  return (
    <div className="page">
      <div className="page-head">
        <h1 className="grow">State machines</h1>
        {!none && <InstallExample compact />}
        <Link className="button primary" to={paths.create()}>
          <Icon name="plus" />
          Create
        </Link>
      </div>
      {machines.error && <ErrorNotice error={machines.error} />}
      <section className="card" aria-label="State machines">
        {none ? (
          <FirstStart />
        ) : (
          <>
            <div className="card-head filters">
              <div className="search">
                <Icon name="search" />
                <input className="input" type="search" aria-label="Search by name or tag" placeholder="Search by name or tag" value={search} onChange={(event) => setSearch(event.target.value)} />
              </div>
              <select className="select fit" aria-label="Type" value={type ?? ''} onChange={(event) => setType(event.target.value)}>
                <option value="">All types</option>
                <option value="STANDARD">Standard</option>
                <option value="EXPRESS">Express</option>
              </select>
              <span className="muted num" role="status">
                {machines.data ? `${found.length} of ${machines.data.length}` : ''}
              </span>
            </div>
            {machines.isPending ? <Loading /> : <MachineTable machines={shown} tags={tags} />}
            {machines.data && found.length === 0 && <Empty icon="search" title="Nothing matches">Try fewer words, or all types.</Empty>}
            {shown.length < found.length && (
              <div className="card-body row">
                <button type="button" className="button" onClick={() => setPage(page + 1)}>
                  Show more
                </button>
              </div>
            )}
          </>
        )}
      </section>
    </div>
  );
}

function searchable(machine: StateMachineItem, tags: Map<string, Tag[]>): string {
  const own = tags.get(machine.stateMachineArn) ?? [];
  return [machine.name, ...own.map((tag) => `${tag.key}:${tag.value} ${tag.key}=${tag.value}`)].join(' ').toLowerCase();
}

function MachineTable({ machines, tags }: { machines: StateMachineItem[]; tags: Map<string, Tag[]> }): ReactElement {
  const columns: Column<StateMachineItem>[] = [
    { title: 'Name', kind: 'name', cell: (machine) => <Link to={paths.machine(machine.stateMachineArn)}>{machine.name}</Link> },
    { title: 'Type', kind: 'minor', cell: ({ type }) => (type === 'EXPRESS' ? 'Express' : 'Standard') },
    { title: 'Last runs', cell: ({ type, stateMachineArn }) => (type === 'STANDARD' ? <LastRuns arn={stateMachineArn} /> : <span className="muted">not recorded</span>) },
    { title: 'Tags', kind: 'minor', cell: (machine) => <Tags tags={tags.get(machine.stateMachineArn) ?? []} /> },
    { title: 'Created', kind: 'minor', cell: (machine) => <Time at={machine.creationDate} /> },
    { title: 'Actions', kind: 'actions', cell: (machine) => <MachineActions machine={machine} /> },
  ];
  return <Table label="State machines" columns={columns} rows={machines} keyOf={(machine) => machine.stateMachineArn} />;
}

function Tags({ tags }: { tags: Tag[] }): ReactElement {
  return (
    <div className="row wrap tags">
      {tags.slice(0, 3).map((tag) => (
        <span key={tag.key} className="chip">
          {tag.value ? `${tag.key}: ${tag.value}` : tag.key}
        </span>
      ))}
    </div>
  );
}

function MachineActions({ machine: { stateMachineArn: arn, name, type } }: { machine: StateMachineItem }): ReactElement {
  const [dialog, setDialog] = useState<'start' | 'delete'>();
  return (
    <>
      <button type="button" className="button small" aria-label={`Start ${name}`} onClick={() => setDialog('start')}>
        <Icon name="play" size={13} />
        <span className="wide-only">Start</span>
      </button>
      <Menu
        label={`More for ${name}`}
        items={[
          { icon: 'edit', label: 'Edit', onSelect: () => navigate(paths.editor(arn)) },
          { icon: 'trash', label: 'Delete', onSelect: () => setDialog('delete') },
        ]}
      />
      {dialog === 'start' && <StartDialog arn={arn} type={type} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && <DeleteMachine arn={arn} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function LastRuns({ arn }: { arn: string }): ReactElement {
  const runs = useLastRuns(arn, true);
  const now = useNow(30_000);
  const list = runs.data?.executions ?? [];
  if (runs.data && list.length === 0) return <span className="muted">never run</span>;
  return (
    <span className="runs">
      {list.toReversed().map((run) => {
        const status = statusOf(run.status);
        const label = `${STATUS_NAME[status]}, ${relativeTime(run.startDate, now)}, ${run.name}`;
        return (
          <Link key={run.executionArn} to={paths.execution(run.executionArn)} className={`status status-${status}`} title={label} aria-label={label}>
            <Icon name={STATUS_ICON[status]} size={12} />
          </Link>
        );
      })}
    </span>
  );
}

function FirstStart(): ReactElement {
  return (
    <Empty icon="machines" title="Nothing here yet" actions={<InstallExample />}>
      Create a state machine, deploy one with the AWS CLI or an SDK against this address, or look at an example: it is installed and run with one click.
    </Empty>
  );
}

/** Installs an example and runs it at once. */
function InstallExample({ compact = false }: { compact?: boolean }): ReactElement {
  const [busy, setBusy] = useState(false);
  const refresh = useRefresh();
  const example = EXAMPLES[0];
  if (!example) return <></>;
  const creation = { name: example.name, definition: JSON.stringify(example.definition, null, 2), roleArn: DEFAULT_ROLE };
  const input = JSON.stringify(example.input);
  const install = async () => {
    setBusy(true);
    try {
      const { stateMachineArn } = await call('CreateStateMachine', creation);
      const { executionArn } = await call('StartExecution', { stateMachineArn, input });
      refresh('machines');
      navigate(paths.execution(executionArn));
    } catch (error) {
      toast('bad', error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  const copy = () => void copyText(cliCommand('StartExecution', { stateMachineArn: new AnswerOf('CreateStateMachine', creation, 'stateMachineArn'), input }), 'Command');
  return (
    <div className="row wrap">
      <button type="button" className={compact ? 'button' : 'button primary'} disabled={busy} title={example.about} onClick={() => void install()}>
        <Icon name="flask" />
        {compact ? 'Run the example' : 'Install and run the example'}
      </button>
      <button type="button" className={compact ? 'button plain icon-only' : 'button plain'} aria-label={compact ? 'Copy running the example as CLI' : undefined} title="Copy as CLI" onClick={copy}>
        <Icon name="terminal" />
        {compact ? '' : 'Copy as CLI'}
      </button>
    </div>
  );
}
