// The other language opens at the section that is being read.
for (const link of document.querySelectorAll("a.gb-language")) {
  for (const event of ["pointerdown", "focus", "click"]) {
    link.addEventListener(event, () => { link.hash = location.hash; });
  }
}

// The theme leaves its search without a name for screen readers.
const search = document.querySelector(".md-search");
if (search) search.ariaLabel = search.querySelector("input").placeholder;

// A formula or an output wider than its column can be scrolled from the keyboard too.
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll("div.arithmatex, .gb-output > pre")) widths.observe(box);

// What is copied holds TeX in the place of each formula's picture.
const FORMULA = ".arithmatex[data-tex]";

/** The formula that holds a node, if one does. */
function formulaAround(node) {
  const element = node instanceof Element ? node : node.parentElement;
  return element.closest(FORMULA);
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const [first, last] = [formulaAround(range.startContainer), formulaAround(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copy = document.createElement("div");
  copy.append(range.cloneContents());
  const formulas = copy.querySelectorAll(FORMULA);
  if (formulas.length === 0) return;
  for (const formula of formulas) {
    const { tex } = formula.dataset;
    formula.textContent = formula.localName === "div" ? `$$\n${tex}\n$$\n` : `$${tex}$`;
  }
  for (const link of copy.querySelectorAll(".headerlink")) link.remove();
  // line ends are told from a laid-out element only
  copy.className = "gb-copied";
  document.body.append(copy);
  event.clipboardData.setData("text/plain", copy.innerText);
  copy.remove();
  event.preventDefault();
});
