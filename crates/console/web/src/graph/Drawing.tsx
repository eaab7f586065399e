/** Draws a layout as SVG. The same elements serve the live page, the editor and the exported picture. */
import type { KeyboardEvent, MouseEvent, ReactElement, ReactNode } from 'react';
import type { Status } from '../history/status.ts';
import { STATUS_ICON, STATUS_NAME } from '../history/status.ts';
import { iconPath, type IconName, serviceIcon } from '../ui/icons.tsx';
import type { GraphNode } from '../asl/graph.ts';
import type { Layout, PlacedBlock, PlacedEdge, PlacedNode } from './layout.ts';
import type { Point } from './route.ts';
import { CARD_TEXT_LEFT, CARD_TEXT_RIGHT, LABEL_LINE, LABEL_SIZE, SUBTITLE_SIZE, TITLE_LINE, TITLE_SIZE } from './sizes.ts';
import { textWidth, truncate } from './text.ts';

/** What an execution, or a checker, has to say about a node. */
export interface NodeMark {
  status?: Status;
  /** A short remark beside the status: `3 attempts`, `12 / 40`. */
  note?: string;
  problem?: 'error' | 'warning';
}

export interface DrawingProps {
  layout: Layout;
  marks?: ReadonlyMap<string, NodeMark>;
  /** Edges that were taken; the others fade when this is given. */
  taken?: ReadonlySet<string>;
  selected?: string | undefined;
  onSelect?: (node: GraphNode) => void;
  onNodeKey?: (event: KeyboardEvent, node: GraphNode) => void;
  onNodeMenu?: (event: MouseEvent, node: GraphNode) => void;
  children?: ReactNode;
}

export function Drawing(props: DrawingProps): ReactElement {
  const { layout } = props;
  const containers = layout.nodes.filter((node) => node.node.blocks.length > 0);
  const leaves = layout.nodes.filter((node) => node.node.blocks.length === 0);
  return (
    <g className="graph">
      {containers.map((placed) => (
        <Container key={placed.node.id} placed={placed} blocks={layout.blocks.filter((block) => block.owner === placed.node)} />
      ))}
      {layout.edges.map((placed) => (
        <Edge key={placed.id} placed={placed} taken={props.taken?.has(placed.id)} dimmed={props.taken !== undefined} />
      ))}
      {[...containers, ...leaves].map((placed) => (
        <Node key={placed.node.id} placed={placed} drawing={props} />
      ))}
      {layout.edges.map((placed) => placed.label && <EdgeLabel key={placed.id} placed={placed} />)}
      {props.children}
    </g>
  );
}

function Container({ placed, blocks }: { placed: PlacedNode; blocks: PlacedBlock[] }): ReactElement {
  const { x, y, width, height, node } = placed;
  return (
    <g>
      {node.distributed && <rect className="container-sheet" x={x + 6} y={y + 6} width={width} height={height} rx={14} />}
      <rect className={`container kind-${node.kind}`} x={x} y={y} width={width} height={height} rx={14} />
      {blocks.map((block) => (
        <g key={block.id}>
          <rect className="block" x={block.x} y={block.y} width={block.width} height={block.height} rx={10} />
          {block.block.nodes.length === 0 && (
            <text className="block-empty" x={block.x + block.width / 2} y={block.y + block.height / 2 + 4} textAnchor="middle" fontSize={12}>
              No states yet
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

/** A path through the points whose corners are rounded as far as the shorter leg allows. */
export function roundedPath(points: readonly Point[], radius = 9): string {
  const parts: string[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const after = points[index + 1];
    if (!before || !after) {
      parts.push(`${index === 0 ? 'M' : 'L'}${point.x} ${point.y}`);
      continue;
    }
    const r = Math.min(radius, length(before, point) / 2, length(point, after) / 2);
    const from = towards(point, before, r);
    const to = towards(point, after, r);
    parts.push(`L${from.x} ${from.y}Q${point.x} ${point.y} ${to.x} ${to.y}`);
  }
  return parts.join('');
}

function length(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function towards(from: Point, to: Point, by: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by };
}

function Edge({ placed, taken, dimmed }: { placed: PlacedEdge; taken: boolean | undefined; dimmed: boolean }): ReactElement {
  const end = placed.points.at(-1) ?? { x: 0, y: 0 };
  const shaft = [...placed.points.slice(0, -1), { x: end.x, y: end.y - 5 }];
  const state = taken ? ' taken' : dimmed ? ' untaken' : '';
  return (
    <g className={`edge edge-${placed.kind}${state}`}>
      <path className="edge-line" d={roundedPath(shaft)} />
      <path className="edge-head" d={`M${end.x - 4.5} ${end.y - 7.5}L${end.x} ${end.y - 0.5}L${end.x + 4.5} ${end.y - 7.5}Z`} />
    </g>
  );
}

function EdgeLabel({ placed }: { placed: PlacedEdge }): ReactElement | null {
  const label = placed.label;
  if (!label) return null;
  const middle = label.x + label.width / 2;
  return (
    <g className={`edge-label edge-label-${placed.kind}`}>
      <title>{placed.edge.label}</title>
      <rect x={label.x} y={label.y} width={label.width} height={label.height} rx={label.lines.length > 1 ? 8 : label.height / 2} />
      {label.lines.map((line, index) => (
        <text key={`${index} ${line}`} x={middle} y={label.y + 13.5 + index * LABEL_LINE} textAnchor="middle" fontSize={LABEL_SIZE}>
          {line}
        </text>
      ))}
    </g>
  );
}

function Node({ placed, drawing }: { placed: PlacedNode; drawing: DrawingProps }): ReactElement {
  const { node, x, y } = placed;
  if (node.kind === 'Start' || node.kind === 'End') return <Pill placed={placed} />;
  const mark = drawing.marks?.get(node.id);
  const selected = drawing.selected === node.id;
  const { onSelect, onNodeKey, onNodeMenu } = drawing;
  const interactive = onSelect && {
    role: 'button',
    tabIndex: 0,
    'aria-pressed': selected,
    'aria-label': nodeLabel(placed, mark),
    onClick: () => onSelect(node),
    onContextMenu: onNodeMenu && ((event: MouseEvent) => onNodeMenu(event, node)),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        onSelect(node);
      } else onNodeKey?.(event, node);
    },
  };
  const container = node.blocks.length > 0;
  const classes = ['node', `kind-${node.kind}`, container ? 'node-header' : '', mark?.status ? `status-${mark.status}` : '', selected ? 'selected' : ''];
  return (
    <g className={classes.filter(Boolean).join(' ')} data-node={node.id} {...interactive}>
      <rect className="node-card" x={x} y={y} width={placed.width} height={container ? placed.height : placed.header} rx={container ? 14 : 11} />
      <Face placed={placed} />
      {mark && <Badge placed={placed} mark={mark} />}
    </g>
  );
}

/** Begins with what is to be seen, word for word, so that a name spoken to a computer finds it. */
function nodeLabel(placed: PlacedNode, mark: NodeMark | undefined): string {
  const { node } = placed;
  const seen = [...placed.title, subtitleOf(placed), mark?.status ? badgeText(mark) : mark?.problem ? '!' : ''].join(' ').trim();
  const problem = mark?.problem ? `, has ${mark.problem === 'error' ? 'an error' : 'a warning'}` : '';
  return `${seen}, ${node.kind} state${problem}`;
}

function subtitleOf(placed: PlacedNode): string {
  return truncate(placed.node.subtitle, placed.width - CARD_TEXT_LEFT - CARD_TEXT_RIGHT, SUBTITLE_SIZE);
}

function badgeText(mark: NodeMark): string {
  const name = mark.status ? STATUS_NAME[mark.status] : '';
  return mark.note ? `${name} · ${mark.note}` : name;
}

/** Icon, name and what the state does. */
function Face({ placed }: { placed: PlacedNode }): ReactElement {
  const { node, x, y, title, header } = placed;
  const top = y + (header - (title.length * TITLE_LINE + 16)) / 2;
  return (
    <>
      <rect className="node-tile" x={x + 12} y={y + (header - 30) / 2} width={30} height={30} rx={8} />
      <g transform={`translate(${x + 18} ${y + (header - 30) / 2 + 6}) scale(0.75)`}>
        <path className="node-icon" d={iconPath(iconOf(node))} />
      </g>
      {title.map((line, index) => (
        <text key={`${index} ${line}`} className="node-title" x={x + CARD_TEXT_LEFT} y={top + 13 + index * TITLE_LINE} fontSize={TITLE_SIZE}>
          {`${line} `}
        </text>
      ))}
      <text className="node-subtitle" x={x + CARD_TEXT_LEFT} y={top + 12 + title.length * TITLE_LINE} fontSize={SUBTITLE_SIZE}>
        {`${subtitleOf(placed)} `}
      </text>
    </>
  );
}

function iconOf(node: GraphNode): IconName {
  if (node.kind === 'Start' || node.kind === 'End') return 'Pass';
  if (node.kind !== 'Task') return node.kind;
  return node.service === undefined ? 'Task' : serviceIcon(node.service);
}

function Badge({ placed, mark }: { placed: PlacedNode; mark: NodeMark }): ReactElement | null {
  const right = placed.x + placed.width - 10;
  if (mark.problem && !mark.status) {
    return (
      <g className={`problem problem-${mark.problem}`}>
        <circle cx={right - 2} cy={placed.y} r={9} />
        <text x={right - 2} y={placed.y + 4} textAnchor="middle" fontSize={12}>
          !
        </text>
      </g>
    );
  }
  if (!mark.status) return null;
  const text = badgeText(mark);
  const width = Math.ceil(textWidth(text, 10.5)) + 28;
  return (
    <g className={`badge badge-${mark.status}`} transform={`translate(${right - width} ${placed.y - 9})`}>
      <rect width={width} height={18} rx={9} />
      <g className="badge-spin" transform="translate(6 4) scale(0.42)">
        <path d={iconPath(STATUS_ICON[mark.status])} />
      </g>
      <text x={19} y={12.8} fontSize={10.5}>
        {text}
      </text>
    </g>
  );
}

function Pill({ placed }: { placed: PlacedNode }): ReactElement {
  const { x, y, width, height, node } = placed;
  if (placed.depth > 0) return <circle className="dot" cx={x + width / 2} cy={y + height / 2} r={width / 2} />;
  return (
    <g className="pill">
      <rect x={x} y={y} width={width} height={height} rx={height / 2} />
      <text x={x + width / 2} y={y + height / 2 + 4} textAnchor="middle" fontSize={12}>
        {node.name}
      </text>
    </g>
  );
}
