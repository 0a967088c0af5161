// Files in: dropped or chosen, sent one request each, with progress and the result or the reason for each.

import { asFailure, send } from "./api.js";
import { byID, count, element, size } from "./dom.js";
import { openDocument } from "./panel.js";

/** So many files are sent at the same time. */
const LANES = 2;

const waiting = [];
const tally = { total: 0, done: 0, failed: 0 };
let lanes = 0;
let onIndexed = () => {};

/** Makes the drop zone work; `changed` is called when documents came in. */
export function startUploads(changed) {
  onIndexed = changed;
  const drop = byID("drop");
  byID("files").addEventListener("change", (event) => {
    add([...event.target.files]);
    event.target.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  // A file that misses the zone must not replace the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
}

function add(files) {
  tally.total += files.length;
  for (const file of files) enqueue(new UploadRow(file));
}

function enqueue(row) {
  waiting.push(row);
  say();
  while (lanes < LANES && waiting.length) work();
}

async function work() {
  lanes += 1;
  for (let row = waiting.shift(); row; row = waiting.shift()) {
    await row.run();
    say();
  }
  lanes -= 1;
  if (lanes === 0) onIndexed();
}

function say() {
  const failed = tally.failed ? `, ${tally.failed} failed` : "";
  byID("upload-status").textContent = `${tally.done} of ${count(tally.total, "file")} done${failed}.`;
}

/** One file's line in the list. */
class UploadRow {
  #state = element("span", { class: "upload-state" }, "Waiting");
  #progress;
  #node;

  constructor(file) {
    this.file = file;
    this.#progress = element("progress", { max: "1", value: "0", "aria-label": `Progress of ${file.name}` });
    this.#node = element(
      "li",
      { class: "upload", "data-state": "waiting" },
      element("span", { class: "upload-name" }, element("bdi", {}, file.name), element("span", { class: "muted small" }, ` ${size(file.size)}`)),
      this.#state,
      this.#progress,
    );
    byID("uploads").prepend(this.#node);
  }

  async run() {
    try {
      this.#set("sending", "Sending");
      const reply = await send(this.file, (share) => this.#advance(share));
      const [result] = reply.results;
      if (result.status === "failed") this.#fail(result.error?.detail ?? "It was not indexed.");
      else this.#succeed(result);
    } catch (error) {
      const failure = asFailure(error);
      this.#fail([failure.message, failure.detail].filter(Boolean).join(": "));
    }
  }

  #advance(share) {
    if (share < 1) {
      this.#progress.value = share;
      this.#set("sending", `Sending, ${Math.floor(share * 100)}%`);
    } else {
      this.#progress.removeAttribute("value");
      this.#set("indexing", "Reading and indexing");
    }
  }

  #succeed(result) {
    const word = { indexed: "Indexed", updated: "Updated", unchanged: "Unchanged" }[result.status] ?? result.status;
    tally.done += 1;
    this.#end(result.status, `${word}, ${count(result.chunks, "passage")}, revision ${result.revision}`);
    for (const warning of result.warnings ?? []) this.#node.append(element("p", { class: "upload-warning", dir: "auto" }, warning));
    const place = { document_id: result.id, revision: result.revision };
    this.#node.append(element("button", { type: "button", class: "quiet", click: (event) => openDocument(place, event.currentTarget) }, "Open"));
  }

  #fail(reason) {
    tally.failed += 1;
    this.#end("failed", `Failed: ${reason}`);
    const again = () => {
      this.#node.remove();
      tally.failed -= 1;
      enqueue(new UploadRow(this.file));
    };
    this.#node.append(element("button", { type: "button", class: "quiet", click: again }, "Try again"));
  }

  #end(state, text) {
    this.#progress.remove();
    this.#set(state, text);
  }

  #set(state, text) {
    this.#node.dataset.state = state;
    this.#state.textContent = text;
  }
}
