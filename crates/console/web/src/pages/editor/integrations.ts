/** What a Task can call: the connector table, and the actions of `aws-sdk` services as they are asked for. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { consoleCall } from '../../api/client.ts';
import { parseResource } from '../../asl/resource.ts';

export interface Action {
  action: string;
  resource: string;
  patterns: string[];
  parameters?: string[];
}

export interface Integration {
  service: string;
  name: string;
  actions: Action[];
}

interface Table {
  integrations: Integration[];
  /** The services that `aws-sdk` can call, whose actions come one service at a time. */
  services?: string[];
}

const ONCE = { staleTime: Number.POSITIVE_INFINITY, retry: 1 };
const SDK = 'aws-sdk:';
/** So many services are asked for at a time; more are found by typing more. */
const ASKED = 4;

export function useIntegrations() {
  return useQuery({ queryKey: ['integrations'], queryFn: ({ signal }) => consoleCall<Table>('integrations', undefined, signal), ...ONCE });
}

function useActions(services: readonly string[]): Integration[] {
  return useQueries({
    queries: services.map((service) => ({
      queryKey: ['integrations', service],
      queryFn: ({ signal }: { signal: AbortSignal }) => consoleCall<Table>(`integrations/${encodeURIComponent(service)}`, undefined, signal),
      ...ONCE,
    })),
    combine: (results) => results.flatMap((result) => result.data?.integrations ?? []),
  });
}

/** The services that one of the words names, the best first. */
function servicesNamed(services: readonly string[], words: readonly string[]): string[] {
  const rank = (service: string) => {
    const name = service.slice(SDK.length);
    if (words.includes(name)) return 0;
    if (words.some((word) => name.startsWith(word))) return 1;
    return words.some((word) => word.length > 1 && name.includes(word)) ? 2 : 3;
  };
  return services.filter((service) => rank(service) < 3).toSorted((one, other) => rank(one) - rank(other) || one.length - other.length);
}

/** The `aws-sdk` actions that fit words which name a service: `dynamodb put`. */
export function useSdkSearch(words: readonly string[]): { found: Integration[]; more: number } {
  const all = useIntegrations().data?.services ?? [];
  const named = servicesNamed(all, words);
  return { found: useActions(named.slice(0, ASKED)), more: Math.max(0, named.length - ASKED) };
}

/** What the resource field offers after what stands in it. */
export function useResources(value: string): string[] {
  const table = useIntegrations().data;
  const { service } = parseResource(value);
  const sdk = useActions(table?.services?.includes(service) ? [service] : []);
  const resources = [...(table?.integrations ?? []), ...sdk].flatMap((each) => each.actions.flatMap((action) => action.patterns.map((pattern) => action.resource + pattern)));
  const services = value.includes(SDK) && sdk.length === 0 ? (table?.services ?? []).map((each) => `arn:aws:states:::${each}:`) : [];
  return [...services, ...resources];
}

/** The members that the request of a resource takes, required ones first. */
export function useParameters(value: string): string[] {
  const table = useIntegrations().data;
  const { service, pattern } = parseResource(value);
  const sdk = useActions(table?.services?.includes(service) ? [service] : []);
  const plain = pattern ? value.slice(0, -pattern.length) : value;
  return [...(table?.integrations ?? []), ...sdk].flatMap((each) => each.actions).find((action) => action.resource === plain)?.parameters ?? [];
}
