// Times jsonata-js 2.0.6 on the cases of bench.rs: name, µs per evaluation, µs per compilation.
// Needs `jsonata@2.0.6` where Node finds it.
const jsonata = require('jsonata');
const fs = require('fs');
const path = require('path');

const read = (name) => JSON.parse(fs.readFileSync(path.join(__dirname, name)));
const input = read('bench-input.json');
input.items = Array.from({ length: 1000 }, (_, n) => ({
  id: n, name: `item ${n}`, price: n * 1.25 + 0.5, qty: (n % 7) + 1, group: `g${n % 10}`,
}));

async function time(call) {
  await call();
  let best = Infinity;
  const end = process.hrtime.bigint() + 800_000_000n;
  let perRound = 1;
  while (process.hrtime.bigint() < end) {
    const start = process.hrtime.bigint();
    for (let n = 0; n < perRound; n++) await call();
    const took = Number(process.hrtime.bigint() - start) / 1000;
    best = Math.min(best, took / perRound);
    if (took < 500) perRound = Math.ceil(perRound * 1.5);
  }
  return best;
}

(async () => {
  for (const [name, source] of Object.entries(read('bench-cases.json'))) {
    const expression = jsonata(source);
    const evaluation = await time(() => expression.evaluate(undefined, { states: { input } }));
    const compilation = await time(async () => jsonata(source));
    console.log(`${name}\t${evaluation.toFixed(2)}\t${compilation.toFixed(2)}`);
  }
})();
