/** The graph as something to build on: places to drop states on every edge, and keys for all of it. */
import { type DragEvent, type KeyboardEvent, type PointerEvent, type ReactElement, type RefObject, useRef, useState } from 'react';
import type { GraphEdge, GraphNode } from '../../asl/graph.ts';
import { duplicateState, insertInto, insertOnEdge, moveToEdge, openWays, removeState, type Template } from '../../asl/operations.ts';
import { at, parsePointer } from '../../asl/types.ts';
import { Drawing, type NodeMark } from '../../graph/Drawing.tsx';
import { ExportMenu } from '../../graph/ExportMenu.tsx';
import type { PlacedEdge, PlacedNode } from '../../graph/layout.ts';
import { Viewport } from '../../graph/Viewport.tsx';
import { Empty } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { type Problem, worstOf } from './checker.ts';
import type { Session, Snapshot } from './session.ts';

/** What a palette item carries while it is dragged. */
export const DRAG_TEMPLATE = 'application/x-stepwell-template';

interface CanvasProps {
  session: Session;
  shot: Snapshot;
  problems: readonly Problem[];
  name: string;
  /** The edge where the palette's next click goes. */
  target: string | undefined;
  onTarget: (edge: string | undefined) => void;
  drawing: RefObject<SVGGElement | null>;
}

export function Canvas({ session, shot, problems, name, target, onTarget, drawing }: CanvasProps): ReactElement {
  const [dragging, setDragging] = useState(false);
  const marks = new Map<string, NodeMark>();
  for (const { node } of shot.layout.nodes) {
    const problem = worstOf(problems, node.path);
    if (problem) marks.set(node.id, { problem });
  }
  const drop = (event: DragEvent, edge: GraphEdge) => {
    event.preventDefault();
    setDragging(false);
    const template = event.dataTransfer.getData(DRAG_TEMPLATE);
    if (!template) return;
    const { changes, path } = insertOnEdge(shot.value, edge, JSON.parse(template) as Template);
    session.apply(changes, path);
  };
  const endOf = (node: GraphNode): GraphEdge => ({ id: `${node.id}/End`, from: node.id, to: '', kind: 'next', label: '', path: [...node.path, 'End'] });
  const tails = shot.layout.nodes.filter((placed) => placed.depth > 0 && endsHere(shot, placed.node));
  const ways = shot.layout.nodes.flatMap((placed) => waysOf(shot, placed));
  const carry = useNodeDrag(shot, (state, target) => {
    const node = tails.find((placed) => `${placed.node.id}/End` === target)?.node;
    const edge = shot.layout.edges.find((placed) => placed.id === target)?.edge ?? ways.find((way) => way.edge.id === target)?.edge ?? (node && endOf(node));
    if (edge) session.apply(moveToEdge(shot.value, parsePointer(state), edge));
  });
  if (shot.graph.nodes.length === 0) return <EmptyCanvas session={session} shot={shot} />;
  const empty = shot.layout.blocks.filter((block) => block.block.nodes.length === 0);
  return (
    <div
      className={`canvas${dragging || carry.carrying ? ' dragging' : ''}`}
      {...carry.handlers}
      onDragEnter={() => setDragging(true)}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setDragging(false)}
      onDragEnd={() => setDragging(false)}
      onDrop={() => setDragging(false)}
    >
      <Viewport
        width={shot.layout.width}
        height={shot.layout.height}
        label={`Graph of ${name}`}
        fitKey={name}
        onBackground={() => {
          session.select(undefined);
          onTarget(undefined);
        }}
        tools={<ExportMenu drawing={drawing} layout={shot.layout} name={name} />}
      >
        <g ref={drawing}>
          <Drawing
            layout={shot.layout}
            marks={marks}
            selected={shot.selected}
            onSelect={(node) => node.kind !== 'Missing' && session.select(node.id)}
            onNodeKey={(event, node) => nodeKeys(event, node, session, shot)}
          >
            {shot.layout.edges.map((placed) => (
              <DropZone key={placed.id} placed={placed} active={target === placed.id} onPick={() => onTarget(target === placed.id ? undefined : placed.id)} onDrop={(event) => drop(event, placed.edge)} />
            ))}
            {tails.map(({ node, x, y, width, height }) => (
              <DropZone
                key={`${node.id}/End`}
                placed={{ id: `${node.id}/End`, edge: endOf(node), kind: 'next', points: [{ x: x + width / 2, y: y + height }, { x: x + width / 2, y: y + height }] }}
                at={{ x: x + width / 2, y: y + height }}
                active={target === `${node.id}/End`}
                onPick={() => session.select(node.id)}
                onDrop={(event) => drop(event, endOf(node))}
              />
            ))}
            {ways.map((way) => (
              <DropZone key={way.edge.id} placed={{ ...way, id: way.edge.id, kind: way.edge.kind, points: [] }} at={way.at} active={target === way.edge.id} onPick={() => onTarget(target === way.edge.id ? undefined : way.edge.id)} onDrop={(event) => drop(event, way.edge)} />
            ))}
            {empty.map((block) => (
              <rect
                key={block.id}
                data-drop={block.id}
                className="drop-block"
                x={block.x}
                y={block.y}
                width={block.width}
                height={block.height}
                rx={10}
                onDragOver={(event) => event.preventDefault()}
                onDrop={(event) => {
                  const template = event.dataTransfer.getData(DRAG_TEMPLATE);
                  if (!template) return;
                  event.preventDefault();
                  const { changes, path } = insertInto(shot.value, block.block.path, JSON.parse(template) as Template);
                  session.apply(changes, path);
                }}
              />
            ))}
          </Drawing>
        </g>
      </Viewport>
    </div>
  );
}

function EmptyCanvas({ session, shot }: { session: Session; shot: Snapshot }): ReactElement {
  return (
    <div
      className="canvas canvas-empty"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const template = event.dataTransfer.getData(DRAG_TEMPLATE);
        if (!template) return;
        event.preventDefault();
        const { changes, path } = insertInto(shot.value, [], JSON.parse(template) as Template);
        session.apply(changes, path);
      }}
    >
      <Empty icon="machines" title={shot.problem ? 'The text cannot be read' : 'Add the first state'}>
        {shot.problem ? 'Mend it in the code view; the graph comes back by itself.' : 'Choose one from the list, or drag it here.'}
      </Empty>
    </div>
  );
}

/** Half way along an edge's last upright piece, where there is room for a sign. */
function middle(placed: PlacedEdge): { x: number; y: number } {
  const end = placed.points.at(-1) ?? { x: 0, y: 0 };
  const before = placed.points.at(-2) ?? end;
  return { x: end.x, y: Math.max(end.y - 21, (end.y + before.y) / 2) };
}

/** Under the corners of a Choice: one more rule at the left, what is done otherwise at the right. */
function waysOf(shot: Snapshot, { node, x, y, width, height }: PlacedNode): { edge: GraphEdge; at: { x: number; y: number } }[] {
  return openWays(shot.value, node).map((edge) => ({ edge, at: { x: edge.kind === 'default' ? x + width - CORNER : x + CORNER, y: y + height } }));
}

/** How far from the corner of a Choice the sign for another way stands. */
const CORNER = 16;

/** In a branch the end is not drawn; the state itself says that it is the last. */
function endsHere(shot: Snapshot, node: GraphNode): boolean {
  return at(shot.value, [...node.path, 'End']) === true;
}

/** Further than this, a press on a state has become a drag. */
const DRAG_SLACK = 7;

/** SVG has no drag and drop of its own: a state is carried by the pointer and let go over a zone. */
function useNodeDrag(shot: Snapshot, onDrop: (state: string, target: string) => void) {
  const [carrying, setCarrying] = useState<string>();
  const press = useRef<{ id: string; x: number; y: number }>(undefined);
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      const id = (event.target as Element).closest('[data-node]')?.getAttribute('data-node');
      const known = shot.layout.nodes.some((placed) => placed.node.id === id && placed.node.kind !== 'Missing');
      press.current = id && known && event.button === 0 ? { id, x: event.clientX, y: event.clientY } : undefined;
    },
    onPointerMove: (event: PointerEvent) => {
      const from = press.current;
      if (from && !carrying && Math.hypot(event.clientX - from.x, event.clientY - from.y) > DRAG_SLACK) setCarrying(from.id);
    },
    onPointerUp: (event: PointerEvent) => {
      const target = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-drop]')?.getAttribute('data-drop');
      if (carrying && target) onDrop(carrying, target);
      press.current = undefined;
      setCarrying(undefined);
    },
    onPointerLeave: () => {
      press.current = undefined;
      setCarrying(undefined);
    },
  };
  return { carrying: carrying !== undefined, handlers };
}

interface DropZoneProps {
  placed: PlacedEdge;
  /** Where, when not on the edge itself. */
  at?: { x: number; y: number };
  active: boolean;
  onPick: () => void;
  onDrop: (event: DragEvent) => void;
}

function DropZone({ placed, at: place, active, onPick, onDrop }: DropZoneProps): ReactElement {
  const { x, y } = place ?? middle(placed);
  const [over, setOver] = useState(false);
  const from = placed.edge.from.split('/').at(-1)?.replace('#Start', 'the start');
  const to = placed.edge.to.split('/').at(-1)?.replace('#End', 'the end');
  return (
    <g
      data-drop={placed.id}
      className={`drop${active ? ' active' : ''}${over ? ' over' : ''}`}
      role="button"
      tabIndex={0}
      aria-pressed={active}
      aria-label={nameOfZone(placed.edge, from || 'the start', to || 'the end')}
      onClick={onPick}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onPick();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        onDrop(event);
      }}
    >
      <rect className="drop-area" x={x - 90} y={y - 17} width={180} height={34} rx={9} />
      <circle cx={x} cy={y} r={8.5} />
      <path d={`M${x - 4} ${y}h8M${x} ${y - 4}v8`} />
    </g>
  );
}

function nameOfZone(edge: GraphEdge, from: string, to: string): string {
  if (edge.to !== '' || edge.kind === 'next') return `Insert between ${from} and ${to}`;
  return edge.kind === 'default' ? `Add what ${from} does otherwise` : `Add a rule of ${from}`;
}

function nodeKeys(event: KeyboardEvent, node: GraphNode, session: Session, shot: Snapshot): void {
  const command = event.ctrlKey || event.metaKey;
  if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault();
    session.apply(removeState(shot.value, node.path));
    session.select(undefined);
  } else if (command && event.key.toLowerCase() === 'd') {
    event.preventDefault();
    const copy = duplicateState(shot.value, node.path);
    if (copy) session.apply(copy.changes, copy.path);
  } else if (['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'].includes(event.key)) {
    event.preventDefault();
    focusNeighbour(event.currentTarget.closest('svg'), shot, node, event.key);
  }
}

/** Moves to the nearest node in the direction of an arrow. */
function focusNeighbour(svg: SVGSVGElement | null, shot: Snapshot, node: GraphNode, key: string): void {
  const here = shot.layout.nodes.find((each) => each.node === node);
  if (!svg || !here) return;
  const centre = (each: typeof here) => ({ x: each.x + each.width / 2, y: each.y + each.header / 2 });
  const from = centre(here);
  const steps: Record<string, [number, number]> = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const [dx, dy] = steps[key] ?? [0, 0];
  let best: { id: string; cost: number } | undefined;
  for (const each of shot.layout.nodes) {
    if (each === here || each.node.kind === 'Start' || each.node.kind === 'End') continue;
    const to = centre(each);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (along > 4 && (!best || along + 2 * aside < best.cost)) best = { id: each.node.id, cost: along + 2 * aside };
  }
  if (best) svg.querySelector<SVGGElement>(`[data-node="${CSS.escape(best.id)}"]`)?.focus();
}

export function CanvasTools({ session, shot }: { session: Session; shot: Snapshot }): ReactElement {
  const node = shot.layout.nodes.find((each) => each.node.id === shot.selected)?.node;
  return (
    <div className="row" role="toolbar" aria-label="Edit">
      <button type="button" className="button small icon-only" aria-label="Undo" title="Undo (Ctrl+Z)" disabled={!shot.canUndo} onClick={session.undo}>
        <Icon name="undo" size={14} />
      </button>
      <button type="button" className="button small icon-only" aria-label="Redo" title="Redo (Ctrl+Shift+Z)" disabled={!shot.canRedo} onClick={session.redo}>
        <Icon name="redo" size={14} />
      </button>
      <button
        type="button"
        className="button small icon-only"
        aria-label="Duplicate state"
        title="Duplicate (Ctrl+D)"
        disabled={!node}
        onClick={() => {
          const copy = node && duplicateState(shot.value, node.path);
          if (copy) session.apply(copy.changes, copy.path);
        }}
      >
        <Icon name="copy" size={14} />
      </button>
      <button
        type="button"
        className="button small icon-only"
        aria-label="Delete state"
        title="Delete (Del)"
        disabled={!node}
        onClick={() => {
          if (node) session.apply(removeState(shot.value, node.path));
          session.select(undefined);
        }}
      >
        <Icon name="trash" size={14} />
      </button>
    </div>
  );
}
