/** The layout of a definition's text, computed again only when the text changes. */
import { useMemo } from 'react';
import { type Block, graphOf } from '../asl/graph.ts';
import type { Json } from '../asl/types.ts';
import { type Layout, layout } from './layout.ts';

export interface Drawn {
  definition: Json;
  graph: Block;
  layout: Layout;
}

export function useLayout(text: string | undefined): Drawn | undefined {
  return useMemo(() => {
    if (text === undefined) return undefined;
    let definition: Json = null;
    try {
      definition = JSON.parse(text) as Json;
    } catch {
      // A definition that is no JSON has an empty graph; the checker says why.
    }
    const graph = graphOf(definition);
    return { definition, graph, layout: layout(graph) };
  }, [text]);
}
