/** The drawing as a picture of its own: every colour and font written out, nothing left to fetch. */
import graphCss from './graph.css?raw';
import type { Layout } from './layout.ts';

const MARGIN = 24;
const FONTS = 'Inter, system-ui, sans-serif';

/** Replaces `var(--name)` by what it means on this page now. */
function resolved(css: string): string {
  const style = getComputedStyle(document.documentElement);
  return css.replaceAll(/var\((--[\w-]+)\)/g, (whole, name: string) => {
    if (name === '--font') return FONTS;
    return style.getPropertyValue(name).trim() || whole;
  });
}

export function svgText(drawing: SVGGElement, layout: Layout): string {
  const width = Math.ceil(layout.width + 2 * MARGIN);
  const height = Math.ceil(layout.height + 2 * MARGIN);
  const copy = drawing.cloneNode(true) as SVGGElement;
  for (const control of copy.querySelectorAll('[data-drop]')) control.remove();
  for (const element of copy.querySelectorAll('[tabindex]')) for (const name of ['tabindex', 'role', 'aria-pressed', 'aria-label']) element.removeAttribute(name);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  svg.setAttribute('viewBox', `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = resolved(graphCss);
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const box = { x: -MARGIN, y: -MARGIN, width, height, fill: getComputedStyle(document.documentElement).getPropertyValue('--canvas').trim() };
  for (const [name, value] of Object.entries(box)) background.setAttribute(name, String(value));
  svg.append(style, background, copy);
  // `--kind` is set and used within the rules themselves and stays a variable.
  return new XMLSerializer().serializeToString(svg);
}

export async function pngBlob(svg: string, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large'))), 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}
