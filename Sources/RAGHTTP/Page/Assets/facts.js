// What is told beside an answer: where the time went, what was worse than usual, and what came from a cache.

import { count, element, milliseconds } from "./dom.js";

const DEGRADED = {
  vector: "The embedding model did not answer: only words were searched.",
  vector_rebuilding: "The vector index is being rebuilt: only words were searched.",
  query_cut: "The question is longer than the model takes: its beginning was embedded, all of it was searched for words.",
  expand: "The language model gave no other wording: the question alone was searched for.",
  rerank: "Passages were not reranked.",
  rerank_partial: "Time was short: only the first passages were reranked.",
  llm: "The language model failed: the answer consists of quoted sentences.",
  answer_cut: "The language model stopped at its limit.",
  context_cut: "Not all passages fitted the prompt.",
  citations_removed: "Markers were removed whose passage does not support their sentence.",
  claim_number_mismatch: "A cited sentence has a number that its quote lacks.",
  claim_negation_mismatch: "A cited sentence and its quote disagree on a negation.",
  uncited: "The answer has no citation left.",
};

const STEPS = ["embed", "retrieve", "rerank", "generate"];

/** What was skipped, cut or worse than usual; nothing where nothing was. */
export function notices(words) {
  if (!words?.length) return null;
  return element(
    "ul",
    { class: "notices", "aria-label": "Degraded" },
    ...words.map((word) => element("li", {}, element("code", {}, word), ` ${DEGRADED[word] ?? ""}`)),
  );
}

/** The server's steps as one bar and as figures, and what the page itself measured. */
export function timings(reply, measured) {
  const steps = Object.entries(reply.timings_ms ?? {}).filter(([name, value]) => name !== "total" && value >= 0.05);
  steps.sort(([a], [b]) => order(a) - order(b));
  const total = reply.timings_ms?.total ?? steps.reduce((sum, [, value]) => sum + value, 0);
  const bar = element("div", { class: "bar", "aria-hidden": "true" });
  const list = element("dl", { class: "figures" });
  steps.forEach(([name, value], index) => {
    const part = element("span", { "data-step": index % 4 });
    part.style.flexGrow = value;
    bar.append(part);
    list.append(figure(name, milliseconds(value), index % 4));
  });
  list.append(figure("total", milliseconds(total)));
  for (const [name, value] of Object.entries(measured)) list.append(figure(name, milliseconds(value)));
  const facts = [reply.model && `Written by ${reply.model}`, caches(reply.cache)].filter(Boolean).join(" · ");
  return element("section", { class: "timings", "aria-label": "Timings" }, bar, list, element("p", { class: "muted small" }, facts));
}

function figure(name, value, step) {
  return element("div", { "data-step": step }, element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, value));
}

function order(name) {
  const position = STEPS.indexOf(name);
  return position < 0 ? STEPS.length : position;
}

function caches(cache) {
  if (!cache) return "";
  const embedding = { l1: "embedding from memory", l2: "embedding from the shared cache", miss: "embedding computed" }[cache.embedding];
  const result = { hit: "answer from the cache", miss: "answer not cached" }[cache.result];
  return [embedding, result].filter(Boolean).join(", ");
}

/** `Found 3 passages`, for screen readers and the line under the question. */
export function summary(reply) {
  if (reply.reason === "nothing_relevant") return reply.passages.length ? "Nothing relevant was found." : "Nothing was found.";
  if (!reply.answer) return `Found ${count(reply.passages.length, "passage")}.`;
  return `Answered with ${count(reply.citations.length, "citation")} from ${count(reply.passages.length, "passage")}.`;
}
