// Typesets TeX with MathJax: one JSON request a line on standard input, one JSON answer a line on
// standard output, in the same order. A request is {"tex", "display"}; an answer is {"html",
// "glyphs"}, glyphs mapping the ids that html refers to to their outlines, or {"error"}.

import { createInterface } from "node:readline";

import MathJax from "mathjax";

await MathJax.init({
  loader: {
    load: ["input/tex-base", "[tex]/ams", "[tex]/color", "output/svg", "a11y/assistive-mml",
      "adaptors/liteDOM"],
  },
  tex: {
    packages: ["base", "ams", "color"],
    formatError: (_jax, error) => { throw error; },
  },
  svg: { fontCache: "local" },
  startup: { typeset: false },
});
const dom = MathJax.startup.adaptor;

// The width that MathJax gives the space at a possible line break, by its size.
const GAPS = { 0: 0, 1: 0.111, 2: 0.167, 3: 0.222, 4: 0.278, 5: 0.333 };

// What only MathJax's own menu and explorer read, and what makes print look bold.
const NEEDLESS = ["data-latex", "data-latex-item", "data-c", "data-mml-node", "data-mjx-texclass",
  "data-variant", "data-break-align", "xmlns", "xmlns:xlink", "role", "focusable"];

const glyphName = (id) => id.replace(/^MJX-\d+-/, "");

/** Removes the glyph definitions below a node and returns them by name. */
function takeGlyphs(node) {
  const glyphs = {};
  for (const defs of dom.tags(node, "defs")) {
    for (const path of dom.tags(defs, "path")) {
      glyphs[glyphName(dom.getAttribute(path, "id"))] = dom.getAttribute(path, "d");
    }
    dom.remove(defs);
  }
  return glyphs;
}

/** Makes every use of a glyph refer to the page's one definition; drops the use of blank ones. */
function shareGlyphs(node, glyphs) {
  for (const use of dom.tags(node, "use")) {
    const name = glyphName(dom.getAttribute(use, "xlink:href").slice(1));
    if (glyphs[name] === "") {
      dom.remove(use);
    } else {
      dom.removeAttribute(use, "xlink:href");
      dom.setAttribute(use, "href", `#${name}`);
    }
  }
}

/** Turns MathJax's break markers into a margin: browsers break between two pictures anyway. */
function unmarkBreaks(node) {
  for (const mark of dom.tags(node, "mjx-break")) {
    const before = dom.previous(mark);
    if (before && dom.kind(before) === "svg") {
      const gap = GAPS[dom.getAttribute(mark, "size")] ?? 0;
      dom.setStyle(before, "margin-right", `${gap}em`);
    }
    dom.remove(mark);
  }
}

/** Sets the rows of `cases` apart, where MathJax leaves fractions nearly touching. */
function spaced(tex) {
  return tex.replace(/\\begin\{cases\}.*?\\end\{cases\}/gs, (cases) =>
    cases.replace(/\\\\(?!\s*\[)/g, "\\\\[0.4em]"));
}

/** Removes needless attributes from a node and all below it. */
function strip(node) {
  if (dom.kind(node) === "#text") return;
  if (dom.getAttribute(node, "data-mml-node") === "mtext") dom.setAttribute(node, "class", "mtext");
  for (const name of NEEDLESS) dom.removeAttribute(node, name);
  if (dom.kind(node) === "g") {
    dom.removeAttribute(node, "stroke");
    dom.removeAttribute(node, "stroke-width");
  }
  for (const child of dom.childNodes(node)) strip(child);
}

/** Keeps pictures out of the search, and of a display formula's MathML all but its words. */
function excludeFromSearch(node, display) {
  for (const svg of dom.tags(node, "svg")) dom.setAttribute(svg, "data-search-exclude", "true");
  if (display) excludeSymbols(dom.tags(node, "math")[0]);
}

function excludeSymbols(node) {
  if (dom.kind(node) === "mtext") {
    dom.append(node, dom.text(" "));
  } else if (dom.tags(node, "mtext").length === 0) {
    dom.setAttribute(node, "data-search-exclude", "true");
  } else {
    for (const child of dom.childNodes(node)) excludeSymbols(child);
  }
}

async function typeset({ tex, display }) {
  try {
    const node = await MathJax.tex2svgPromise(spaced(tex), { display });
    const glyphs = takeGlyphs(node);
    shareGlyphs(node, glyphs);
    unmarkBreaks(node);
    strip(node);
    excludeFromSearch(node, display);
    dom.removeAttribute(node, "style");
    dom.removeAttribute(node, "overflow");
    return { html: dom.outerHTML(node), glyphs };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await typeset(JSON.parse(line)))}\n`);
}
process.exit(0);
