/** What is being edited: one text with one history of changes, which canvas and code both change. */
import { history, isolateHistory, redo, redoDepth, undo, undoDepth } from '@codemirror/commands';
import { Compartment, EditorState, type Extension, type StateCommand, type TransactionSpec } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { type Change, convert, detectFormat, edit, type Format, type Parsed, parseText, toJson } from '../../asl/document.ts';
import { type Block, graphOf } from '../../asl/graph.ts';
import type { Json, Path } from '../../asl/types.ts';
import { pointer } from '../../asl/types.ts';
import { layout, type Layout } from '../../graph/layout.ts';

export interface Snapshot {
  text: string;
  format: Format;
  /** The last value that could be read: the canvas keeps showing it while the text is being mended. */
  value: Json;
  problem: Parsed['problem'];
  graph: Block;
  layout: Layout;
  canUndo: boolean;
  canRedo: boolean;
  dirty: boolean;
  /** The JSON pointer of the selected state. */
  selected: string | undefined;
}

export class Session {
  private state: EditorState;
  private view: EditorView | undefined;
  private saved: string;
  private readonly lineEnd: string;
  private shot: Snapshot;
  private readonly listeners = new Set<() => void>();
  private readonly codeExtensions = new Compartment();

  constructor(text: string, selected?: string) {
    this.state = EditorState.create({ doc: text, extensions: [history({ newGroupDelay: 600 }), this.codeExtensions.of([])] });
    // The lines of the state are joined as Unix does; what is saved has the line ends it came with.
    this.lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
    this.saved = this.state.doc.toString();
    this.shot = this.take(undefined, detectFormat(text), selected);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.shot;

  private take(before: Snapshot | undefined, format: Format, selected: string | undefined): Snapshot {
    const text = this.state.doc.toString();
    const same = before !== undefined && before.text === text && before.format === format;
    const base = { text, format, canUndo: undoDepth(this.state) > 0, canRedo: redoDepth(this.state) > 0, dirty: text !== this.saved, selected };
    if (same) return { ...before, ...base };
    const { value, problem } = parseText(text, format);
    if (value === undefined) return { ...(before ?? { value: {}, graph: graphOf({}), layout: layout(graphOf({})) }), ...base, problem };
    const graph = graphOf(value);
    return { ...base, value, problem: undefined, graph, layout: layout(graph) };
  }

  private changed(format = this.shot.format, selected = this.shot.selected): void {
    this.shot = this.take(this.shot, format, selected);
    for (const listener of this.listeners) listener();
  }

  private dispatch(spec: TransactionSpec): void {
    if (this.view) this.view.dispatch(spec);
    else {
      this.state = this.state.update(spec).state;
      this.changed();
    }
  }

  /** Makes changes of the canvas or the inspector, as one step that can be undone. */
  apply(changes: readonly Change[], select?: Path): void {
    const edits = edit(this.shot.text, this.shot.format, changes);
    if (select) this.shot = { ...this.shot, selected: pointer(select) };
    if (edits.length === 0) return this.changed();
    this.dispatch({ changes: edits, annotations: isolateHistory.of('full'), userEvent: 'design' });
  }

  /** Typing in one field of the inspector is one step, however many keys it takes. */
  type(changes: readonly Change[]): void {
    const edits = edit(this.shot.text, this.shot.format, changes);
    if (edits.length > 0) this.dispatch({ changes: edits, userEvent: 'input.type' });
  }

  replace(text: string, format: Format): void {
    this.shot = { ...this.shot, format };
    this.dispatch({ changes: { from: 0, to: this.state.doc.length, insert: text }, annotations: isolateHistory.of('full'), userEvent: 'import' });
    this.changed(format);
  }

  setFormat(format: Format): void {
    const unchanged = !this.shot.dirty;
    const text = convert(this.shot.text, this.shot.format, format);
    this.replace(text, format);
    if (unchanged) this.markSaved();
  }

  select(selected: string | undefined): void {
    if (selected !== this.shot.selected) this.changed(this.shot.format, selected);
  }

  undo = (): void => this.run(undo);
  redo = (): void => this.run(redo);

  private run(command: StateCommand): void {
    command({
      state: this.state,
      dispatch: (transaction) => {
        if (this.view) this.view.dispatch(transaction);
        else this.state = transaction.state;
        // The step may have been a change from JSON to YAML.
        this.changed(detectFormat(this.state.doc.toString()));
      },
    });
  }

  markSaved(): void {
    this.saved = this.shot.text;
    this.changed();
  }

  /** What is saved. */
  definition(): string {
    return this.json().replaceAll('\n', this.lineEnd);
  }

  /** The definition as it is shown, for questions about places in it. */
  json(): string {
    return toJson(this.shot.text, this.shot.format);
  }

  /** Hands the text to a code view; what it does comes back through `follow`. */
  attach(make: (state: EditorState) => EditorView, extensions: Extension): EditorView {
    this.state = this.state.update({ effects: this.codeExtensions.reconfigure(extensions) }).state;
    this.view = make(this.state);
    return this.view;
  }

  detach(): void {
    this.view?.destroy();
    this.view = undefined;
    this.state = this.state.update({ effects: this.codeExtensions.reconfigure([]) }).state;
  }

  reconfigure(extensions: Extension): void {
    this.dispatch({ effects: this.codeExtensions.reconfigure(extensions) });
  }

  follow(state: EditorState): void {
    this.state = state;
    this.changed();
  }
}
