/** Finds the shared workflows; without them the tests that need them say so and are skipped. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../src/asl/types.ts';

const SHARED = process.env['STEPWELL_SHARED'] ?? join(import.meta.dirname, '../../../../../shared');
const FOLDER = join(SHARED, 'corpus/workflows');

export const hasCorpus = existsSync(FOLDER);
if (!hasCorpus) console.warn(`SKIPPED: no shared corpus at ${FOLDER}; set STEPWELL_SHARED`);

export function corpus(): { name: string; definition: Json }[] {
  if (!hasCorpus) return [];
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: file.replace('.json', ''), definition: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Json }));
}
