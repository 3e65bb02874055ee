// Says which TeX cannot be typeset: one JSON string a line on standard input, one JSON answer a
// line on standard output, in the same order: MathJax's complaint, or null.

import { createInterface } from "node:readline";

import MathJax from "mathjax";

await MathJax.init({
  loader: { load: ["input/tex-base", "[tex]/ams", "[tex]/color", "adaptors/liteDOM"] },
  tex: {
    packages: ["base", "ams", "color"],
    formatError: (_jax, error) => { throw error; },
  },
  startup: { typeset: false },
});

async function complaint(tex) {
  try {
    await MathJax.tex2mmlPromise(tex, { display: true });
    return null;
  } catch (error) {
    return error.message;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await complaint(JSON.parse(line)))}\n`);
}
process.exit(0);
