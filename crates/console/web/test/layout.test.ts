/** Holds the layout to what a person would draw, over every real workflow of the corpus. */
import { describe, expect, test } from 'vitest';
import { graphOf } from '../src/asl/graph.ts';
import type { Json } from '../src/asl/types.ts';
import { type Box, layout, type Layout, type PlacedEdge, type PlacedNode } from '../src/graph/layout.ts';
import { corpus, hasCorpus } from './corpus.ts';

const drawn = corpus().map(({ name, definition }) => ({ name, definition, drawing: layout(graphOf(definition)) }));

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function inside(inner: Box, outer: Box): boolean {
  const right = inner.x + inner.width <= outer.x + outer.width + 0.5;
  return inner.x >= outer.x - 0.5 && inner.y >= outer.y - 0.5 && right && inner.y + inner.height <= outer.y + outer.height + 0.5;
}

/** `a` is (in) `b`, as containers hold their states. */
function holds(outer: PlacedNode, inner: PlacedNode): boolean {
  return outer.node.blocks.length > 0 && outer !== inner && inner.node.path.length > outer.node.path.length && outer.node.path.every((part, i) => part === inner.node.path[i]);
}

function segments(edge: PlacedEdge): Box[] {
  return edge.points.slice(1).map((point, index) => {
    const before = edge.points[index] ?? point;
    const [x, y] = [Math.min(point.x, before.x), Math.min(point.y, before.y)];
    return { x, y, width: Math.abs(point.x - before.x), height: Math.abs(point.y - before.y) };
  });
}

function summary(drawing: Layout): unknown {
  const box = (each: Box) => [each.x, each.y, each.width, each.height].map(Math.round).join(' ');
  return {
    size: `${Math.round(drawing.width)} x ${Math.round(drawing.height)}`,
    nodes: drawing.nodes.map((each) => `${each.node.id || '/'} @ ${box(each)}`),
    edges: drawing.edges.map((each) => `${each.id}: ${each.points.map((p) => `${Math.round(p.x)},${Math.round(p.y)}`).join(' ')}`),
  };
}

describe.skipIf(!hasCorpus)('layout of the corpus', () => {
  test('has every workflow', () => expect(drawn.length).toBe(166));

  test.each(drawn)('$name: nodes do not overlap and stay in their containers', ({ drawing }) => {
    const page = { x: 0, y: 0, width: drawing.width, height: drawing.height };
    for (const a of drawing.nodes) {
      expect(inside(a, page), `${a.node.name} on the page`).toBe(true);
      for (const b of drawing.nodes) {
        if (a === b) continue;
        if (holds(a, b)) expect(inside(b, a), `${b.node.name} in ${a.node.name}`).toBe(true);
        else if (!holds(b, a)) expect(overlap(a, b), `${a.node.name} over ${b.node.name}`).toBe(false);
      }
    }
  });

  test.each(drawn)('$name: lines are upright, leave at the bottom, enter at the top and cross no node', ({ drawing }) => {
    const byId = new Map(drawing.nodes.map((node) => [node.node.id, node]));
    for (const edge of drawing.edges) {
      const from = byId.get(edge.edge.from);
      const to = byId.get(edge.edge.to);
      if (!from || !to) throw new Error(`${edge.id} has no end`);
      expect(edge.points[0]?.y, `${edge.id} leaves below`).toBe(from.y + from.height);
      expect(edge.points.at(-1)?.y, `${edge.id} enters above`).toBe(to.y);
      for (const piece of segments(edge)) {
        expect(piece.width === 0 || piece.height === 0, `${edge.id} is upright`).toBe(true);
        for (const node of drawing.nodes) {
          if (holds(node, from) || node.node.kind === 'Start') continue;
          expect(overlap(piece, { x: node.x + 1, y: node.y + 1, width: node.width - 2, height: node.height - 2 }), `${edge.id} through ${node.node.name}`).toBe(false);
        }
      }
    }
  });

  test.each(drawn)('$name: labels hide neither nodes nor each other', ({ drawing }) => {
    const labels = drawing.edges.flatMap((edge) => (edge.label ? [edge.label] : []));
    for (const label of labels) {
      for (const node of drawing.nodes) if (node.node.blocks.length === 0) expect(overlap(label, node)).toBe(false);
      for (const other of labels) if (other !== label) expect(overlap(label, other)).toBe(false);
    }
  });

  test.each(drawn)('$name: the page is no larger than what is on it', ({ drawing }) => {
    const xs = [...drawing.nodes, ...drawing.edges.flatMap((edge) => (edge.label ? [edge.label] : []))].flatMap((each) => [each.x, each.x + each.width]);
    xs.push(...drawing.edges.flatMap((edge) => edge.points.map((point) => point.x)));
    expect(Math.round(Math.min(...xs))).toBe(0);
    expect(Math.round(Math.max(...xs))).toBe(Math.round(drawing.width));
  });

  test('is deterministic', () => {
    for (const { definition, drawing } of drawn) expect(layout(graphOf(definition))).toEqual(drawing);
  });

  test('matches the snapshot', () => {
    expect(Object.fromEntries(drawn.map(({ name, drawing }) => [name, summary(drawing)]))).toMatchSnapshot();
  });
});

describe('layout of broken definitions', () => {
  test.each([
    ['nothing', null],
    ['no states', {}],
    ['a state that is no object', { StartAt: 'A', States: { A: 3 } }],
    ['a missing target', { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }],
    ['an empty Parallel', { StartAt: 'A', States: { A: { Type: 'Parallel', Branches: [], End: true } } }],
    ['an empty Map', { StartAt: 'A', States: { A: { Type: 'Map', End: true } } }],
    ['a state that leads to itself', { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } }],
    ['a name of the object prototype', { StartAt: '__proto__', States: { constructor: { Type: 'Pass', Next: 'toString' } } }],
  ])('%s', (_, definition) => {
    const drawing = layout(graphOf(definition));
    for (const node of drawing.nodes) expect(Number.isFinite(node.x + node.y + node.width + node.height)).toBe(true);
  });

  test('a chain of two thousand states is drawn', () => {
    const state = (i: number): Json => (i < 1999 ? { Type: 'Pass', Next: `S${i + 1}` } : { Type: 'Pass', End: true });
    const states = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`S${i}`, state(i)]));
    const before = process.cpuUsage();
    expect(layout(graphOf({ StartAt: 'S0', States: states })).nodes.length).toBe(2002);
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});
