// Draws workflows of the shared corpus as PNG contact sheets, to be looked at by a person.
// usage: node scripts/pictures.mjs <folder> [light|dark] [name prefix ...]
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { createServer } from 'vite';

const [folder = 'pictures', theme = 'light', ...wanted] = process.argv.slice(2);
const web = resolve(import.meta.dirname, '..');
const shared = process.env.STEPWELL_SHARED ?? join(web, '../../../../shared');
const source = join(shared, 'corpus/workflows');
const PER_SHEET = Number(process.env.PER_SHEET ?? 12);

const vite = await createServer({ root: web, server: { middlewareMode: true, hmr: false }, appType: 'custom', logLevel: 'error' });
const { graphOf } = await vite.ssrLoadModule('/src/asl/graph.ts');
const { layout } = await vite.ssrLoadModule('/src/graph/layout.ts');
const { Drawing } = await vite.ssrLoadModule('/src/graph/Drawing.tsx');
const css = ['src/styles/tokens.css', 'src/graph/graph.css'].map((file) => readFileSync(join(web, file), 'utf8')).join('\n');
const font = readFileSync(join(web, 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2')).toString('base64');

const drawings = readdirSync(source)
  .filter((file) => file.endsWith('.json') && (wanted.length === 0 || wanted.some((prefix) => file.startsWith(prefix))))
  .map((file) => {
    const drawing = layout(graphOf(JSON.parse(readFileSync(join(source, file), 'utf8'))));
    const markup = renderToStaticMarkup(createElement(Drawing, { layout: drawing }));
    const [w, h] = [drawing.width + 48, drawing.height + 48];
    return { area: w * h, html: `<figure><figcaption>${file}</figcaption><svg width="${w}" height="${h}" viewBox="-24 -24 ${w} ${h}">${markup}</svg></figure>` };
  })
  .sort((a, b) => b.area - a.area);

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
const page = await browser.newPage({ viewport: { width: 2400, height: 1200 } });
for (let i = 0; i * PER_SHEET < drawings.length; i++) {
  const figures = drawings.slice(i * PER_SHEET, (i + 1) * PER_SHEET).map((each) => each.html);
  await page.setContent(`<html data-theme="${theme}"><style>@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(data:font/woff2;base64,${font})}${css}
    body{margin:0;background:var(--canvas);font:12px var(--font);color:var(--text-3)} main{display:flex;flex-wrap:wrap;align-items:flex-start} figure{margin:12px}</style><main>${figures.join('')}</main></html>`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `sheet-${String(i).padStart(2, '0')}.png`), fullPage: true });
}
await browser.close();
await vite.close();
