/** Marks found text on the page without changing its elements (CSS Custom Highlight API). Older browsers do not mark it. */

import { matchesIn } from "./find";

const NAME = "found";

/** Marks every place in the element that has the wanted words; "" removes the marks. */
export function highlight(root: Element, wanted: string): void {
  if (typeof Highlight === "undefined") return;
  const ranges = wanted.trim() === "" ? [] : textNodes(root).flatMap((node) => rangesIn(node, wanted));
  if (ranges.length === 0) CSS.highlights.delete(NAME);
  else CSS.highlights.set(NAME, new Highlight(...ranges));
}

function rangesIn(node: Text, wanted: string): Range[] {
  return matchesIn(node.data, wanted).map(({ start, end }) => {
    const range = new Range();
    range.setStart(node, start);
    range.setEnd(node, end);
    return range;
  });
}

function textNodes(root: Element): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}
