/** The frame around every page: where one is, where one can go. */
import { lazy, type ReactElement, Suspense } from 'react';
import { ApiError } from './api/client.ts';
import { useTasks } from './api/queries.ts';
import { MachinesPage } from './pages/machines/MachinesPage.tsx';
import { Link, paths, type Route, routeOf, useLocation } from './router.tsx';
import { Boundary } from './ui/Boundary.tsx';
import { Empty, Loading, Notice } from './ui/basics.tsx';
import { Icon, type IconName } from './ui/icons.tsx';
import { toggleTheme, useTheme } from './ui/theme.ts';
import { useTitle } from './ui/title.ts';
import { Toasts } from './ui/toast.tsx';

/** Pages come when they are wanted, each with what it needs. */
const LOADERS = {
  machine: async () => ({ default: (await import('./pages/machine/MachinePage.tsx')).MachinePage }),
  execution: async () => ({ default: (await import('./pages/execution/ExecutionPage.tsx')).ExecutionPage }),
  editor: async () => ({ default: (await import('./pages/editor/EditorPage.tsx')).EditorPage }),
  mapRun: async () => ({ default: (await import('./pages/maprun/MapRunPage.tsx')).MapRunPage }),
  tasks: async () => ({ default: (await import('./pages/tasks/TasksPage.tsx')).TasksPage }),
};

const MachinePage = lazy(LOADERS.machine);
const ExecutionPage = lazy(LOADERS.execution);
const EditorPage = lazy(LOADERS.editor);
const MapRunPage = lazy(LOADERS.mapRun);
const TasksPage = lazy(LOADERS.tasks);

/** Asks for the first page while the frame is still being made. */
export function preloadPage(): void {
  const { view } = routeOf(location.pathname);
  const page = view === 'create' ? 'editor' : view;
  if (page in LOADERS) LOADERS[page as keyof typeof LOADERS]().catch(() => {});
}

export function App(): ReactElement {
  const { pathname } = useLocation();
  const route = routeOf(pathname);
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar route={route} />
      <Away />
      <main id="main" tabIndex={-1} className={route.view === 'editor' || route.view === 'create' ? 'main full' : 'main'}>
        <Boundary key={pathname}>
          <Suspense fallback={<Loading />}>
            <View route={route} />
          </Suspense>
        </Boundary>
      </main>
      <Toasts />
    </div>
  );
}

function View({ route }: { route: Route }): ReactElement {
  switch (route.view) {
    case 'machines':
      return <MachinesPage />;
    case 'machine':
      return <MachinePage key={route.arn} arn={route.arn} />;
    case 'editor':
      return <EditorPage key={route.arn} arn={route.arn} />;
    case 'create':
      return <EditorPage />;
    case 'execution':
      return <ExecutionPage key={route.arn} arn={route.arn} />;
    case 'mapRun':
      return <MapRunPage key={route.arn} arn={route.arn} />;
    case 'tasks':
      return <TasksPage />;
    default:
      return <NotFound />;
  }
}

/** Said on every page: what is shown may be old while the server is away. */
function Away(): ReactElement | null {
  const { error } = useTasks();
  if (!(error instanceof ApiError) || error.status !== 0) return null;
  return (
    <div className="away">
      <Notice tone="warn" title="The server does not answer">
        What is shown may be old. It is asked again every few seconds.
      </Notice>
    </div>
  );
}

function NotFound(): ReactElement {
  useTitle('Not found');
  return (
    <Empty icon="search" heading="h1" title="There is no such page" actions={<Link className="button" to={paths.machines()}>Go to state machines</Link>}>
      The address may be mistyped, or what it named is gone.
    </Empty>
  );
}

function TopBar({ route }: { route: Route }): ReactElement {
  const theme = useTheme();
  const tasks = useTasks();
  const waiting = tasks.data?.tasks.length ?? 0;
  return (
    <header className="topbar">
      <Link className="brand" to={paths.machines()} aria-label="Stepwell, state machines">
        <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" className="brand-tile" />
          <path d="M7 9h6v5h6v5h6v5" className="brand-steps" />
        </svg>
        <span>Stepwell</span>
      </Link>
      <nav aria-label="Main" className="nav">
        <NavLink to={paths.machines()} icon="machines" label="State machines" current={route.view !== 'tasks'} />
        <NavLink to={paths.tasks()} icon="inbox" label="Tasks" current={route.view === 'tasks'} count={waiting} />
      </nav>
      <span className="grow" />
      <button type="button" className="button plain icon-only" aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'} onClick={toggleTheme}>
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
    </header>
  );
}

function NavLink({ to, icon, label, current, count = 0 }: { to: string; icon: IconName; label: string; current: boolean; count?: number }): ReactElement {
  return (
    <Link to={to} className="nav-link" aria-current={current ? 'page' : undefined}>
      <Icon name={icon} />
      <span className="nav-label">{label}</span>
      {count > 0 && (
        <span className="nav-count" aria-label={`${count} waiting`}>
          {count > 99 ? '99+' : count}
        </span>
      )}
    </Link>
  );
}
