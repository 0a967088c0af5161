// What is in the store, by id, a page at a time.

import { asFailure, call } from "./api.js";
import { byID, count, element, failureBox, size } from "./dom.js";
import { openDocument } from "./panel.js";

const PAGE = 50;
let next = null;
let loads = 0;

/** Makes the list work. */
export function startLibrary() {
  byID("library-more").addEventListener("click", () => load(next));
}

/** Shows the list from its beginning. */
export const refreshLibrary = () => load(null);

async function load(after) {
  const mine = ++loads;
  byID("library-failure").replaceChildren();
  try {
    const reply = await call(`documents?limit=${PAGE}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
    const page = await reply.json();
    if (mine !== loads) return;
    if (!after) byID("library").replaceChildren();
    byID("library").append(...page.documents.map(line));
    if (!byID("library").hasChildNodes()) byID("library").append(element("li", { class: "muted" }, "No documents yet."));
    next = page.next;
    byID("library-more").hidden = next === null;
  } catch (error) {
    if (mine === loads) byID("library-failure").replaceChildren(failureBox(asFailure(error), () => load(after)));
  }
}

function line(record) {
  const place = { document_id: record.id, revision: record.revision, title: record.title, url: record.url };
  const facts = [size(record.length), count(record.chunks, "passage"), `revision ${record.revision}`, record.created_at.slice(0, 10)];
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", class: "library-line", click: (event) => openDocument(place, event.currentTarget) },
      element("bdi", {}, record.title || record.id),
      element("span", { class: "muted small" }, record.title ? element("bdi", {}, record.id) : null, `${record.title ? " · " : ""}${facts.join(" · ")}`),
    ),
  );
}
