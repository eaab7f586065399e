/** Files in and out: the definition as JSON or YAML, the graph as a picture. */
import { type ReactElement, type RefObject, useRef } from 'react';
import { convert, detectFormat, parseText } from '../../asl/document.ts';
import { pngBlob, svgText } from '../../graph/export.ts';
import { pretty } from '../../ui/json.tsx';
import { copyText, download } from '../../ui/basics.tsx';
import { Menu } from '../../ui/overlay.tsx';
import { toast } from '../../ui/toast.tsx';
import type { Session, Snapshot } from './session.ts';

/** The API takes no larger definition. */
const MAX_BYTES = 1_048_576;

interface FileMenuProps {
  session: Session;
  shot: Snapshot;
  name: string;
  drawing: RefObject<SVGGElement | null>;
  /** What saving calls. */
  command: () => string;
}

export function FileMenu({ session, shot, name, drawing, command }: FileMenuProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MAX_BYTES) return toast('bad', 'The file is larger than a definition may be (1 MiB)');
    const text = await file.text();
    const format = detectFormat(text);
    const { problem } = parseText(text, format);
    session.replace(text, format);
    toast(problem ? 'bad' : 'ok', problem ? `${file.name} was read, but: ${problem.message}` : `${file.name} was read`);
  };
  const save = (format: 'json' | 'yaml') => download(`${name}.asl.${format}`, new Blob([convert(shot.text, shot.format, format)], { type: 'text/plain' }));
  const picture = async (kind: 'svg' | 'png') => {
    if (!drawing.current) return toast('bad', 'Show the graph first');
    const svg = svgText(drawing.current, shot.layout);
    download(`${name}.${kind}`, kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await pngBlob(svg));
  };
  const other = shot.format === 'json' ? 'yaml' : 'json';
  return (
    <>
      <input ref={input} type="file" className="visually-hidden" tabIndex={-1} aria-label="Definition file" accept=".json,.yaml,.yml,.asl" onChange={(event) => void read(event.target.files?.[0]).finally(() => input.current && (input.current.value = ''))} />
      <Menu
        label="File"
        text={shot.format.toUpperCase()}
        icon="download"
        items={[
          { icon: 'code', label: `Write as ${other.toUpperCase()}`, onSelect: () => session.setFormat(other), disabled: shot.problem !== undefined },
          { icon: 'list', label: 'Indent the text', onSelect: () => session.replace(`${pretty(shot.text)}\n`, 'json'), disabled: shot.problem !== undefined || shot.format !== 'json' },
          { icon: 'upload', label: 'Import a file', onSelect: () => input.current?.click() },
          { icon: 'download', label: 'Export JSON', onSelect: () => save('json') },
          { icon: 'download', label: 'Export YAML', onSelect: () => save('yaml') },
          { icon: 'graph', label: 'Export SVG', onSelect: () => void picture('svg') },
          { icon: 'graph', label: 'Export PNG', onSelect: () => void picture('png') },
          { icon: 'terminal', label: 'Copy saving as CLI', onSelect: () => void copyText(command(), 'Command') },
        ]}
      />
    </>
  );
}
