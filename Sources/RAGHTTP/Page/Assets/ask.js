// The question: reads the form, streams the answer, and says what is happening.

import { asFailure, call, Failure } from "./api.js";
import { AnswerView } from "./answer.js";
import { compare } from "./compare.js";
import { byID, count, failureBox } from "./dom.js";
import { events } from "./events.js";
import { summary } from "./facts.js";

let running = null;

/** Makes the form work. */
export function startAsking() {
  byID("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  byID("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    ask();
  });
  byID("stop-button").addEventListener("click", () => {
    running?.abort();
    byID("question").focus();
  });
}

async function ask() {
  const request = readForm();
  if (!request) return;
  running?.abort();
  const mine = new AbortController();
  running = mine;
  say("Searching…");
  byID("ask-failure").replaceChildren();
  setBusy(true);
  try {
    const { mode, ...rest } = request;
    const said = mode === "compare" ? await compare(rest, byID("result"), mine.signal) : await answer(request, mine.signal);
    if (running === mine) say(said);
  } catch (error) {
    if (running !== mine) return;
    if (mine.signal.aborted) return say("Stopped.");
    say("");
    byID("ask-failure").replaceChildren(failureBox(asFailure(error), ask));
  } finally {
    if (running === mine) {
      running = null;
      setBusy(false);
    }
  }
}

async function answer(request, signal) {
  const start = performance.now();
  const view = new AnswerView();
  byID("result").replaceChildren();
  const reply = await call("query", { json: { ...request, stream: true }, signal });
  byID("result").replaceChildren(view.node);
  const measured = {};
  let done = null;
  try {
    for await (const event of events(reply.body)) {
      if (event.name === "passages") {
        view.showPassages(event.data.passages);
        say(`Found ${count(event.data.passages.length, "passage")}; writing the answer…`);
      } else if (event.name === "token") {
        measured.to_first_word ??= performance.now() - start;
        view.append(event.data.text);
      } else if (event.name === "citation") {
        view.addCitation(event.data);
      } else if (event.name === "error") {
        throw Failure.of(event.data.status, JSON.stringify(event.data));
      } else if (event.name === "done") {
        done = event.data;
      }
    }
  } catch (error) {
    throw signal.aborted || error instanceof Failure ? error : Failure.cutOff();
  } finally {
    if (!done) view.stop();
  }
  if (!done) throw Failure.cutOff();
  measured.to_last_word = performance.now() - start;
  view.finish(done, measured);
  return summary(done);
}

/** The request's body without `stream`, or null after saying what is wrong with a field. */
function readForm() {
  const question = byID("question");
  const query = question.value.trim();
  complain("question", query ? "" : "Type a question first.");
  if (!query) return null;
  const request = { query, mode: new FormData(byID("ask-form")).get("mode") };
  const topK = byID("top-k").valueAsNumber;
  if (Number.isInteger(topK)) request.top_k = topK;
  const filter = byID("filter").value.trim();
  complain("filter", "");
  if (!filter) return request;
  try {
    request.filter = JSON.parse(filter);
    return request;
  } catch {
    byID("filter").closest("details").open = true;
    complain("filter", 'Give a JSON object, such as {"lang": "en"}.');
    return null;
  }
}

function complain(id, text) {
  byID(`${id}-error`).textContent = text;
  byID(id).toggleAttribute("aria-invalid", text !== "");
  if (text) byID(id).focus();
}

/** One button takes the other's place, and its focus. */
function setBusy(isBusy) {
  const [shown, gone] = isBusy ? [byID("stop-button"), byID("ask-button")] : [byID("ask-button"), byID("stop-button")];
  const hadFocus = document.activeElement === gone;
  shown.hidden = false;
  gone.hidden = true;
  if (hadFocus) shown.focus();
}

function say(text) {
  byID("ask-status").textContent = text;
}
