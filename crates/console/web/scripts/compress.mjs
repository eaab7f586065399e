// Removes files of earlier builds from dist and writes .br and .gz beside what is worth compressing.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = resolve(import.meta.dirname, '../dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
rmSync(join(dist, '.vite'), { recursive: true });
const current = new Set(Object.values(manifest).flatMap((entry) => [entry.file, ...(entry.css ?? []), ...(entry.assets ?? [])]));

let total = 0;
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  const path = join(dist, name);
  if (name.startsWith('.') || !statSync(path).isFile()) continue;
  // Forms of an earlier build: those of index.html are written anew, the others go with their file.
  if (/\.(br|gz)$/.test(name)) {
    if (name.startsWith('assets')) rmSync(path);
    continue;
  }
  if (name.startsWith('assets') && !current.has(name.replaceAll('\\', '/'))) {
    rmSync(path);
    continue;
  }
  const bytes = readFileSync(path);
  let smallest = bytes.length;
  if (/\.(js|css|html|svg|json)$/.test(name)) {
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
    const gzip = gzipSync(bytes, { level: 9 });
    writeFileSync(`${path}.br`, brotli);
    writeFileSync(`${path}.gz`, gzip);
    smallest = gzip.length;
  }
  total += smallest;
  console.log(`${String(bytes.length).padStart(8)} ${String(smallest).padStart(8)} gz  ${name}`);
}
console.log(`${total} bytes compressed in all`);
