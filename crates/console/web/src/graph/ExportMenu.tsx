/** Offers the drawing as SVG or PNG. */
import type { ReactElement, RefObject } from 'react';
import { download } from '../ui/basics.tsx';
import { Menu } from '../ui/overlay.tsx';
import { toast } from '../ui/toast.tsx';
import { pngBlob, svgText } from './export.ts';
import type { Layout } from './layout.ts';

export function ExportMenu({ drawing, layout, name }: { drawing: RefObject<SVGGElement | null>; layout: Layout; name: string }): ReactElement {
  const svg = () => (drawing.current ? svgText(drawing.current, layout) : '');
  const png = async () => {
    try {
      download(`${name}.png`, await pngBlob(svg()));
    } catch (error) {
      toast('bad', error instanceof Error ? error.message : 'The picture could not be drawn');
    }
  };
  return (
    <Menu
      label="Export picture"
      icon="download"
      items={[
        { icon: 'graph', label: 'SVG picture', onSelect: () => download(`${name}.svg`, new Blob([svg()], { type: 'image/svg+xml' })) },
        { icon: 'graph', label: 'PNG picture', onSelect: () => void png() },
      ]}
    />
  );
}
