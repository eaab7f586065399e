/** What can be put onto the canvas: every kind of state, every integration, found by typing. */
import { type ReactElement, useState } from 'react';
import { parseResource, serviceName } from '../../asl/resource.ts';
import type { Template } from '../../asl/operations.ts';
import { templateOf } from '../../asl/operations.ts';
import type { QueryLanguage } from '../../asl/types.ts';
import { Icon, type IconName, serviceIcon } from '../../ui/icons.tsx';
import { DRAG_TEMPLATE } from './Canvas.tsx';
import { type Integration, useIntegrations, useSdkSearch } from './integrations.ts';

interface Item {
  key: string;
  icon: IconName;
  title: string;
  hint: string;
  kind: string;
  template: Template;
}

const FLOW: readonly [string, string, string][] = [
  ['Choice', 'Choice', 'Goes one way or another'],
  ['Parallel', 'Parallel', 'Does several things at once'],
  ['Map', 'Map', 'Does the same for each item'],
  ['Pass', 'Pass', 'Shapes data'],
  ['Wait', 'Wait', 'Waits for a time'],
  ['Succeed', 'Succeed', 'Ends well'],
  ['Fail', 'Fail', 'Ends with an error'],
];

/** More are found by typing more. */
const SHOWN = 60;

function flowItems(language: QueryLanguage): Item[] {
  return FLOW.map(([type, title, hint]) => ({ key: type, icon: type as IconName, title, hint, kind: `kind-${type}`, template: { name: title, state: templateOf(type, language) } }));
}

/** What most workflows call comes first. */
const FIRST = ['lambda', 'states', 'sqs', 'sns', 'dynamodb', 'events', 'http'];

function rank({ service }: Integration): number {
  const found = FIRST.indexOf(service);
  return found < 0 ? FIRST.length : found;
}

function actionItems(integrations: readonly Integration[], language: QueryLanguage): Item[] {
  return integrations.toSorted((one, other) => rank(one) - rank(other)).flatMap((integration) =>
    integration.actions.map((action) => {
      const verb = action.action.charAt(0).toUpperCase() + action.action.slice(1);
      const service = integration.name || serviceName(integration.service);
      return {
        key: action.resource,
        icon: serviceIcon(integration.service),
        title: verb,
        hint: service,
        kind: 'kind-Task',
        template: { name: `${serviceName(parseResource(action.resource).service)} ${verb}`, state: templateOf('Task', language, action.resource) },
      };
    }),
  );
}

interface PaletteProps {
  language: QueryLanguage;
  onPick: (template: Template) => void;
  targetName: string;
}

export function Palette({ language, onPick, targetName }: PaletteProps): ReactElement {
  const [search, setSearch] = useState('');
  const integrations = useIntegrations();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (item: Item) => words.every((word) => `${item.title} ${item.hint} ${item.key}`.toLowerCase().includes(word));
  const flow = flowItems(language).filter(fits);
  const actions = actionItems(integrations.data?.integrations ?? [], language).filter(fits);
  const sdk = useSdkSearch(words);
  const sdkActions = actionItems(sdk.found, language).filter(fits);
  return (
    <aside className="palette" aria-label="States to add">
      <div className="search">
        <Icon name="search" />
        <input className="input" type="search" aria-label="Find states and actions" placeholder="Find states and actions" value={search} onChange={(event) => setSearch(event.target.value)} />
      </div>
      <p className="field-hint" role="status">
        {targetName}
      </p>
      <div className="palette-list">
        {flow.length > 0 && <PaletteGroup title="Flow" items={flow} onPick={onPick} />}
        {actions.length > 0 && <PaletteGroup title="Actions" items={actions.slice(0, SHOWN)} onPick={onPick} />}
        {actions.length > SHOWN && <p className="field-hint">{`${actions.length - SHOWN} more: type to find them`}</p>}
        {sdkActions.length > 0 && <PaletteGroup title="AWS SDK" items={sdkActions.slice(0, SHOWN)} onPick={onPick} />}
        {sdkActions.length > SHOWN && <p className="field-hint">{`${sdkActions.length - SHOWN} more: type what it does, as in “dynamodb put”`}</p>}
        {sdk.more > 0 && <p className="field-hint">{`${sdk.more} more services have such a name`}</p>}
        {words.length === 0 && integrations.data?.services && <p className="field-hint">{`Any action of ${integrations.data.services.length} AWS services: type the service's name`}</p>}
        {integrations.error && <p className="field-hint">The list of actions could not be had. Add a Task and type its resource.</p>}
        {flow.length + actions.length + sdkActions.length === 0 && !integrations.error && <p className="field-hint">Nothing matches.</p>}
      </div>
    </aside>
  );
}

function PaletteGroup({ title, items, onPick }: { title: string; items: Item[]; onPick: (template: Template) => void }): ReactElement {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {items.map((item) => (
          <li key={item.key}>
            <button
              type="button"
              className={`palette-item ${item.kind}`}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.setData(DRAG_TEMPLATE, JSON.stringify(item.template));
                event.dataTransfer.effectAllowed = 'copy';
              }}
              onClick={() => onPick(item.template)}
            >
              <span className="palette-icon">
                <Icon name={item.icon} size={15} />
              </span>
              <span className="grow">
                <span className="palette-title ellipsis">{item.title}</span>
                <span className="palette-hint ellipsis">{item.hint}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
