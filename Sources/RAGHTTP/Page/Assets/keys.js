// Asks for the API key when the server wants one.

import { hasKey, useKey, whenKeyIsWanted } from "./api.js";
import { byID } from "./dom.js";

let pending = null;
let settle = () => {};

/** Makes the dialog work. */
export function startKeys() {
  const dialog = byID("key-dialog");
  byID("key-button").hidden = !hasKey();
  byID("key-button").addEventListener("click", () => show("The key of this tab can be replaced or forgotten."));
  byID("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const value = byID("key").value.trim();
    if (!/^[\x21-\x7e]+$/.test(value)) {
      byID("key-reason").textContent = "A key is made of visible ASCII characters.";
      return byID("key").focus();
    }
    useKey(value);
    finish(true);
  });
  byID("key-forget").addEventListener("click", () => {
    useKey("");
    finish(false);
  });
  byID("key-cancel").addEventListener("click", () => finish(false));
  dialog.addEventListener("cancel", () => finish(false));
  whenKeyIsWanted((failure) => show(failure.detail || "This server asks for a key."));
}

/** One dialog however many requests want a key; resolves to whether there is one to try. */
function show(reason) {
  pending ??= new Promise((resolve) => {
    settle = resolve;
    byID("key-reason").textContent = reason;
    byID("key-forget").hidden = !hasKey();
    byID("key").value = "";
    byID("key-dialog").showModal();
    byID("key").focus();
  });
  return pending;
}

function finish(hasNew) {
  byID("key").value = "";
  byID("key-dialog").close();
  byID("key-button").hidden = !hasKey();
  pending = null;
  settle(hasNew);
}
