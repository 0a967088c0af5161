// The three ways to search, side by side.

import { passageCard } from "./answer.js";
import { call } from "./api.js";
import { element, milliseconds } from "./dom.js";
import { notices } from "./facts.js";

const MODES = [
  ["dense", "Dense", "by meaning"],
  ["lexical", "Lexical", "by words"],
  ["hybrid", "Hybrid", "both, fused"],
];

/** Searches in all three ways at once and fills `place`; resolves to a sentence. */
export async function compare(request, place, signal) {
  place.replaceChildren();
  const replies = await Promise.all(
    MODES.map(async ([mode]) => (await call("query", { json: { ...request, mode, generate: false }, signal })).json()),
  );
  const ranks = replies.map((reply) => new Map(reply.passages.map((passage) => [passage.document_id, passage.rank])));
  const columns = MODES.map(([mode, title, meaning], index) => column(mode, title, meaning, replies[index], ranks));
  place.replaceChildren(element("div", { class: "comparison" }, ...columns));
  const documents = new Set(ranks.flatMap((rank) => [...rank.keys()]));
  const everywhere = [...documents].filter((document) => ranks.every((rank) => rank.has(document)));
  return `Compared: ${everywhere.length} of ${documents.size} documents are found in all three ways.`;
}

function column(mode, title, meaning, reply, ranks) {
  const passages = reply.passages.map((passage) => element("li", {}, passageCard(passage, elsewhere(mode, passage, ranks))));
  return element(
    "section",
    { class: "comparison-column", "data-mode": mode, "aria-label": title },
    element(
      "header",
      {},
      element("h2", {}, title),
      element("p", { class: "muted small" }, `${meaning} · ${milliseconds(reply.timings_ms?.total ?? 0)}`),
    ),
    notices(reply.degraded),
    passages.length ? element("ol", { class: "passages" }, ...passages) : element("p", { class: "muted" }, "Nothing was found."),
  );
}

/** Where the same document stands in the other two lists. */
function elsewhere(mode, passage, ranks) {
  return MODES.map(([other], index) => (other === mode ? null : `${other} ${position(ranks[index].get(passage.document_id))}`))
    .filter(Boolean)
    .join(", ");
}

const position = (rank) => (rank === undefined ? "–" : `#${rank}`);
