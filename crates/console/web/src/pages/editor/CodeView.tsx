/** The definition as text, with the checker's diagnostics and completions in it. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, codeFolding, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { EditorState, Extension } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, MatchDecorator, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type ReactElement, type RefObject, useEffect, useRef } from 'react';
import type { MachineType } from '../../api/operations.ts';
import { type Format, pathAt, rangeOf } from '../../asl/document.ts';
import { parsePointer, pointer } from '../../asl/types.ts';
import type { Problem } from './checker.ts';
import { type CodeContext, completions, useFunctions } from './completion.ts';
import type { Session, Snapshot } from './session.ts';

interface CodeViewProps {
  session: Session;
  shot: Snapshot;
  problems: readonly Problem[];
  type: MachineType;
}

/** CodeMirror writes its styles into a shadow root, where the policy lets adopted style sheets in:
 * in the document itself they would be inline styles, which the policy refuses. */
export function CodeView({ session, shot, problems, type }: CodeViewProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const format = shot.format;
  const functions = useFunctions();
  // The extensions are made once; what they are asked about is always what is shown now.
  const context = useRef<CodeContext>({ format, type, value: shot.value, functions });
  context.current = { format, type, value: shot.value, functions };
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const make = (state: EditorState) =>
      new EditorView({
        state,
        root,
        parent: root,
        dispatchTransactions: (transactions, editor) => {
          editor.update(transactions);
          session.follow(editor.state);
        },
      });
    const { selected, text } = session.snapshot();
    view.current = session.attach(make, extensions(format, context, session));
    const range = selected === undefined ? undefined : rangeOf(text, format, parsePointer(selected));
    if (range) view.current.dispatch({ selection: { anchor: range.from }, effects: EditorView.scrollIntoView(range.from, { y: 'center' }) });
    view.current.focus();
    return () => {
      session.detach();
      view.current = undefined;
    };
  }, [session, format]);
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const length = editor.state.doc.length;
    const shown = problems
      .filter((problem) => problem.from <= length)
      .map((problem) => ({ from: problem.from, to: Math.min(problem.to, length), severity: problem.severity, message: problem.help ? `${problem.message}\n${problem.help}` : problem.message, source: problem.code }));
    editor.dispatch(setDiagnostics(editor.state, shown));
  }, [problems]);
  return <div ref={host} className="code-host" />;
}

function extensions(format: Format, code: RefObject<CodeContext>, session: Session): Extension {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    codeFolding(),
    foldGutter(),
    lintGutter(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    format === 'json' ? json() : yaml(),
    syntaxHighlighting(COLOURS),
    JSONATA,
    THEME,
    EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': `Definition as ${format.toUpperCase()}` }),
    autocompletion({ override: [(context) => completions(context, code.current)] }),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.selectionSet && !update.docChanged) followCursor(update, format, session);
    }),
  ];
}

/** The state in which the cursor stands is the selected one. */
function followCursor(update: ViewUpdate, format: Format, session: Session): void {
  const path = pathAt(update.state.doc.toString(), format, update.state.selection.main.head);
  const states = path.lastIndexOf('States');
  session.select(states >= 0 && states + 1 < path.length ? pointer(path.slice(0, states + 2)) : undefined);
}

/** JSONata inside `{% … %}` stands out from the text around it. */
const JSONATA = ViewPlugin.fromClass(
  class {
    private readonly matcher = new MatchDecorator({ regexp: /\{%.*?%\}/g, decoration: Decoration.mark({ class: 'cm-jsonata' }) });
    decorations;
    constructor(view: EditorView) {
      this.decorations = this.matcher.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = this.matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--kind-Task)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--kind-Map)' },
  { tag: tags.number, color: 'var(--kind-Choice)' },
  { tag: [tags.bool, tags.null, tags.keyword, tags.atom], color: 'var(--kind-Wait)' },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: 'var(--text-2)' },
]);

const THEME = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--text)', padding: '12px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-3)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--text-2)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-line) !important' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent-line)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: '1px solid var(--line)', color: 'var(--text-3)' },
  '.cm-jsonata, .cm-jsonata *': { color: 'var(--accent) !important', backgroundColor: 'var(--accent-soft)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)', borderRadius: '8px', boxShadow: 'var(--shadow-2)', color: 'var(--text)', fontFamily: 'var(--font)' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--accent)' },
  '.cm-diagnostic': { padding: '6px 10px', whiteSpace: 'pre-wrap', maxWidth: '520px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-panel.cm-search': { padding: '8px 10px', fontFamily: 'var(--font)', fontSize: '13px' },
  '.cm-panel.cm-search :is(input, button, label)': { fontSize: '13px' },
  '.cm-textfield': { padding: '3px 8px', backgroundColor: 'var(--surface)', border: '1px solid var(--field-line)', borderRadius: '6px', color: 'var(--text)' },
  '.cm-button': { padding: '3px 10px', backgroundImage: 'none', backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)', borderRadius: '6px', color: 'var(--text)' },
});
