// The rows of a table in the order of the column whose heading is pressed: up, down, and back to as they were.
"use strict";
const NUMBER = /^([<>]?)\s*([+-]?(?:\d[\d,]*)?\.?\d+(?:e[+-]?\d+)?)(?![\w.])/i;
const PARTS = /\d+(?:\.\d+)?(?:e[+-]?\d+)?|\D+/gi;

// What a cell begins with, if it is a number: `1.87 ± 0.46`, `70,906`, `1.40 (9)`; `<0.0001` is less than any 0.0001.
function number(text) {
  const found = NUMBER.exec(text);
  if (!found) return null;
  const value = parseFloat(found[2].replace(/,/g, ""));
  return found[1] === "<" ? value * (1 - 1e-9) : found[1] === ">" ? value * (1 + 1e-9) : value;
}

// Texts as people order them: the numbers in them count as such.
function compareTexts(first, second) {
  const one = first.match(PARTS) || [], other = second.match(PARTS) || [];
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    const numbers = parseFloat(one[i]) - parseFloat(other[i]);
    const apart = Number.isNaN(numbers) ? one[i].localeCompare(other[i]) : numbers;
    if (apart) return apart;
  }
  return one.length - other.length;
}

function sort(table, column, direction) {
  const body = table.tBodies[0];
  const text = row => row.cells[column].textContent.trim();
  const rows = [...body.rows].sort((one, other) => one.dataset.place - other.dataset.place);
  const said = rows.filter(row => text(row) !== "–");
  const numbers = said.every(row => number(text(row)) !== null);
  const compare = numbers ? (one, other) => number(one) - number(other) : compareTexts;
  if (direction !== "none") {
    said.sort((one, other) => compare(text(one), text(other)) * (direction === "ascending" ? 1 : -1));
    said.push(...rows.filter(row => text(row) === "–"));
  }
  body.append(...(direction === "none" ? rows : said));
}

for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  [...table.tBodies[0].rows].forEach((row, place) => { row.dataset.place = place; });
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const next = { none: "ascending", ascending: "descending", descending: "none" };
      const direction = next[heading.getAttribute("aria-sort")];
      headings.forEach(each => each.setAttribute("aria-sort", "none"));
      heading.setAttribute("aria-sort", direction);
      sort(table, column, direction);
    });
  });
}
