/** Measures and breaks text without a browser, so that layout is a pure function. */

/** Advance widths of U+0020–U+007E in Inter 500, in hundredths of the font size. */
const WIDTHS = (
  '26 30 49 63 64 99 65 31 36 36 52 66 30 46 30 37 64 41 61 62 65 60 63 57 62 63 30 31 66 66 66 52 98 70 65 73 72 60 58 ' +
  '74 74 27 57 68 56 91 75 76 64 76 64 64 65 74 70 100 70 69 64 36 37 36 47 46 33 56 61 57 61 58 37 62 60 25 25 55 25 ' +
  '88 60 60 61 61 38 53 34 60 57 82 55 57 55 44 34 44 66'
)
  .split(' ')
  .map(Number);
/** Anything else: accented letters are narrower, ideographs as wide as they are high. */
const OTHER = 68;
const WIDE = 100;

export function textWidth(text: string, size: number): number {
  let hundredths = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    hundredths += WIDTHS[code - 32] ?? (code >= 0x2e80 ? WIDE : OTHER);
  }
  return (hundredths * size) / 100;
}

/** `text` cut to `width` with an ellipsis when it does not fit. */
export function truncate(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, size) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Where a name may be broken: after spaces and joiners, and before a capital inside a word. */
function pieces(text: string): string[] {
  return text.split(/(?<=[\s\-_./:,|])|(?<=[a-z0-9])(?=[A-Z])/u).filter((piece) => piece !== '');
}

/** At most `limit` lines no wider than `width`; what is left over ends in an ellipsis. */
export function wrap(text: string, width: number, size: number, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  const parts = pieces(text);
  for (const [index, piece] of parts.entries()) {
    if (line === '' || textWidth((line + piece).trimEnd(), size) <= width) {
      line += piece;
      continue;
    }
    if (lines.length === limit - 1) {
      line += parts.slice(index).join('');
      break;
    }
    lines.push(line.trim());
    line = piece;
  }
  if (line.trim() !== '') lines.push(line.trim());
  return lines.map((each) => truncate(each, width, size));
}
