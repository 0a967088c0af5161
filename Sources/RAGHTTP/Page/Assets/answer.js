// An answer that grows while it is streamed: text with markers, the citations they stand for, and the passages.

import { count, element } from "./dom.js";
import { notices, timings } from "./facts.js";
import { openDocument } from "./panel.js";

/** One answer on the page. */
export class AnswerView {
  // By marker, in the order in which they came: one marker may stand at several sentences, each with a quote of its own.
  #citations = new Map();
  #markers = new Map();
  #text = element("div", { class: "answer", id: "answer", dir: "auto", "aria-busy": "true" });
  #list = element("ol", { class: "citations" });
  #passages = element("ol", { class: "passages" });
  #cited = element("section", { hidden: true, "aria-labelledby": "citations-title" });
  #found = element("section", { hidden: true, "aria-labelledby": "passages-title" });
  #notices = element("div");
  #timings = element("div");
  #held = "";
  node = element("article", { class: "result", "aria-label": "Answer" });

  constructor() {
    this.#cited.append(element("h2", { id: "citations-title" }, "Quotes"), this.#list);
    this.#found.append(element("h2", { id: "passages-title" }, "Passages"), this.#passages);
    this.node.append(this.#text, this.#notices, this.#cited, this.#timings, this.#found);
  }

  /** More of the answer. A marker that may be incomplete is held back until the rest of it comes. */
  append(text) {
    const whole = this.#held + text;
    const open = /\[\d*$/.exec(whole);
    this.#held = open ? open[0] : "";
    this.#write(open ? whole.slice(0, open.index) : whole);
  }

  addCitation(citation) {
    const known = this.#citations.get(citation.marker) ?? [];
    if (known.some((other) => other.start === citation.start && other.end === citation.end)) return;
    this.#citations.set(citation.marker, [...known, citation]);
    this.#cited.hidden = false;
    this.#list.append(quote(citation));
  }

  showPassages(passages) {
    this.#found.hidden = passages.length === 0;
    this.#passages.replaceChildren(...passages.map((passage) => element("li", {}, passageCard(passage))));
  }

  /** The whole reply, which decides whatever was streamed before it. */
  finish(reply, measured) {
    this.#held = "";
    this.#citations.clear();
    this.#markers.clear();
    this.#list.replaceChildren();
    this.#cited.hidden = true;
    for (const citation of reply.citations) this.addCitation(citation);
    this.#text.replaceChildren();
    if (reply.answer) this.#write(reply.answer);
    else this.#text.append(element("p", { class: "muted" }, refusal(reply)));
    this.#text.setAttribute("aria-busy", "false");
    this.showPassages(reply.passages);
    this.#notices.replaceChildren(...[notices(reply.degraded)].filter(Boolean));
    this.#timings.replaceChildren(timings(reply, measured));
  }

  /** The answer ended without being whole. */
  stop() {
    this.#write(this.#held);
    this.#held = "";
    this.#text.setAttribute("aria-busy", "false");
    if (!this.#text.hasChildNodes()) this.#text.remove();
  }

  #write(text) {
    for (const piece of text.split(/(\[\d+\])/)) {
      if (!piece) continue;
      const marker = /^\[(\d+)\]$/.exec(piece);
      this.#text.append(marker ? this.#marker(Number(marker[1]), piece) : piece);
    }
  }

  /** A marker comes before its citation or after it, so what it opens is looked up when it is pressed. */
  #marker(number, text) {
    const place = this.#markers.get(number) ?? 0;
    this.#markers.set(number, place + 1);
    const open = (event) => {
      const known = this.#citations.get(number) ?? [];
      const citation = known[Math.min(place, known.length - 1)];
      if (citation) openDocument(citation, event.currentTarget);
    };
    return element("button", { type: "button", class: "marker", "aria-label": `Citation ${number}`, click: open }, text);
  }
}

function refusal(reply) {
  if (reply.reason !== "nothing_relevant") return "No answer was asked for.";
  return reply.passages.length
    ? "Nothing in the documents answers this. The nearest passages are below."
    : "Nothing was found. Are there documents in the store yet?";
}

function quote(citation) {
  const place = [citation.location, `bytes ${citation.start}–${citation.end}`].filter(Boolean).join(" · ");
  const open = (event) => openDocument(citation, event.currentTarget);
  return element(
    "li",
    { value: citation.marker },
    element(
      "button",
      { type: "button", class: "quote", click: open },
      element("span", { class: "number", "aria-hidden": "true" }, String(citation.marker)),
      element("span", { class: "quote-text", dir: "auto" }, citation.quote),
      element("span", { class: "quote-source" }, element("bdi", {}, citation.title || citation.document_id), ` · ${place}`),
      citation.verified ? null : element("span", { class: "unverified" }, "Not verified: the quote may not support the sentence"),
    ),
  );
}

/** A passage with its scores; pressing it opens the document there. */
export function passageCard(passage, note = "") {
  const scores = ["fused", "dense", "lexical", "rerank"]
    .filter((name) => typeof passage.scores?.[name] === "number")
    .map((name) => `${name} ${Number(passage.scores[name].toPrecision(3))}`);
  const repeats = passage.duplicates?.length ? `also in ${count(passage.duplicates.length, "document")}` : "";
  const place = { ...passage, quote: passage.text };
  return element(
    "button",
    { type: "button", class: "passage", click: (event) => openDocument(place, event.currentTarget) },
    element("span", { class: "passage-head" }, element("span", { class: "number" }, String(passage.rank)), element("bdi", {}, passage.title || passage.document_id)),
    element("span", { class: "passage-text", dir: "auto" }, passage.text),
    element("span", { class: "passage-scores" }, [passage.location, ...scores, repeats, note].filter(Boolean).join(" · ")),
  );
}
