// Works on plain PGM images (`P2`): text, so that the example needs no library.

function parse(text) {
  const words = text.replace(/#.*/g, '').split(/\s+/).filter(Boolean);
  if (words[0] !== 'P2') {
    const error = new Error(`not a plain PGM image: begins with ${words[0]}`);
    error.name = 'UnsupportedFormat';
    throw error;
  }
  const [width, height, max] = words.slice(1, 4).map(Number);
  return { width, height, max, pixels: words.slice(4).map(Number) };
}

/** Halves an image: each pixel is the mean of four. */
exports.thumbnail = async (event) => {
  const { width, height, max, pixels } = parse(event.image);
  const rows = [];
  for (let y = 0; y + 1 < height; y += 2) {
    const row = [];
    for (let x = 0; x + 1 < width; x += 2) {
      const at = y * width + x;
      row.push(Math.round((pixels[at] + pixels[at + 1] + pixels[at + width] + pixels[at + width + 1]) / 4));
    }
    rows.push(row.join(' '));
  }
  return { image: `P2 ${width >> 1} ${height >> 1} ${max} ${rows.join(' ')}` };
};

/** Counts dark, middle and bright pixels. */
exports.histogram = async (event) => {
  const { max, pixels } = parse(event.image);
  const counts = { dark: 0, middle: 0, bright: 0 };
  for (const pixel of pixels) {
    counts[pixel * 3 < max ? 'dark' : pixel * 3 < 2 * max ? 'middle' : 'bright'] += 1;
  }
  return counts;
};

/** Says what an image is. */
exports.metadata = async (event) => {
  const { width, height, max } = parse(event.image);
  return { name: event.name, width, height, depth: max };
};
