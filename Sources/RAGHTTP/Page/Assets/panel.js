// Shows a document's text with the quoted bytes marked, and checks in the browser that they are the quote.

import { asFailure, call, documentPath } from "./api.js";
import { byID, element, failureBox, size, webLink } from "./dom.js";

/** So many bytes are shown before and after the marked ones, until more are asked for. */
const SURROUNDINGS = 100_000;
const NARROW = "(max-width: 60rem)";

let opener = null;
let current = 0;
let last = null;

/** Makes the panel close. */
export function startPanel() {
  byID("panel-close").addEventListener("click", close);
  byID("panel").addEventListener("close", closed);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && byID("panel").open && !byID("key-dialog").open) close();
  });
}

/**
 * Opens a document, at a quote if there is one.
 *
 * `place` is a citation or a passage: document_id, and where known revision, hash, start, end, quote, title, url, location.
 */
export async function openDocument(place, from) {
  opener = from;
  const mine = ++current;
  const panel = byID("panel");
  if (!panel.open) {
    document.body.classList.add("with-panel");
    if (matchMedia(NARROW).matches) panel.showModal();
    else panel.show();
  }
  describe(place);
  byID("panel-check").textContent = "";
  byID("panel-body").replaceChildren(element("p", { class: "muted" }, "Loading…"));
  byID("panel-title").focus();
  try {
    const text = await load(place);
    if (mine !== current) return;
    show(place, text, SURROUNDINGS);
    await check(place, text, mine);
  } catch (error) {
    if (mine === current) byID("panel-body").replaceChildren(failureBox(asFailure(error), () => openDocument(place, from)));
  }
}

function close() {
  byID("panel").close();
  closed();
}

/** Tidies up once; the browser closes the panel too, and its event comes late: by then it may be open again. */
function closed() {
  if (byID("panel").open || !document.body.classList.contains("with-panel")) return;
  current += 1;
  document.body.classList.remove("with-panel");
  byID("panel-body").replaceChildren();
  if (opener?.isConnected) opener.focus();
}

function describe(place) {
  const title = place.title || place.document_id;
  byID("panel-title").replaceChildren(place.url ? webLink(place.url, title) : title);
  const facts = [place.document_id, place.revision && `revision ${place.revision}`, place.location];
  byID("panel-facts").textContent = facts.filter(Boolean).join(" · ");
}

/** The document's bytes and revision; those shown last are kept, because one document is often cited several times. */
async function load(place) {
  const path = `${documentPath(place.document_id)}/text${place.revision ? `?revision=${place.revision}` : ""}`;
  if (last?.path === path && place.revision) return last;
  const reply = await call(path);
  last = { path, bytes: new Uint8Array(await reply.arrayBuffer()) };
  return last;
}

function show(place, text, surroundings) {
  const { bytes } = text;
  const hasQuote = place.end > place.start && place.end <= bytes.length;
  const [start, end] = hasQuote ? [place.start, place.end] : [0, 0];
  const first = boundary(bytes, Math.max(0, start - surroundings));
  const final = boundary(bytes, Math.min(bytes.length, end + surroundings));
  const more = (length, where) => {
    const widen = () => show(place, text, surroundings * 8);
    return element("button", { type: "button", class: "quiet more", click: widen }, `${size(length)} ${where}: show more`);
  };
  const mark = hasQuote ? element("mark", { id: "quote", tabindex: "-1" }, ...pieces(decode(bytes, start, end))) : null;
  const body = byID("panel-body");
  body.replaceChildren(
    ...(first > 0 ? [more(first, "before")] : []),
    element("div", { class: "text" }, ...pieces(decode(bytes, first, start)), mark, ...pieces(decode(bytes, end, final))),
    ...(final < bytes.length ? [more(bytes.length - final, "after")] : []),
  );
  if (mark) mark.scrollIntoView({ block: "center" });
  else body.scrollTop = 0;
}

/** Says whether the marked bytes are the quote and, where the browser can, whether the text has the hash that was cited. */
async function check(place, { bytes }, mine) {
  const note = byID("panel-check");
  if (place.quote === undefined) return;
  const isQuote = place.end <= bytes.length && decode(bytes, place.start, place.end) === place.quote;
  note.dataset.result = isQuote ? "right" : "wrong";
  const range = `Bytes ${place.start.toLocaleString("en")}–${place.end.toLocaleString("en")}`;
  note.textContent = isQuote ? `${range} are the quote.` : `${range} are not the quoted text.`;
  if (!place.hash || !globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = `sha256:${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  if (mine !== current) return;
  if (hash !== place.hash) note.dataset.result = "wrong";
  note.textContent += hash === place.hash ? " The text has the cited SHA-256." : " The text does not have the cited SHA-256.";
}

/** Offsets count bytes of UTF-8, strings count UTF-16: the bytes are cut first and decoded then. */
const decode = (bytes, start, end) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, end));

/** The nearest place at or before `index` where no character is cut. */
function boundary(bytes, index) {
  while (index > 0 && index < bytes.length && (bytes[index] & 0xc0) === 0x80) index -= 1;
  return index;
}

/** Text with the form feeds between pages as lines; they stay in the text, so what is marked is the quote to the letter. */
function pieces(text) {
  return text.split(/(\f)/).filter(Boolean).map((piece) => (piece === "\f" ? element("span", { class: "page-end" }, piece) : piece));
}
