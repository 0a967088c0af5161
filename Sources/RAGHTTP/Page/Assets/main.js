// Starts the page: its two views, the server's state, and the modules that do the work.

import { call } from "./api.js";
import { startAsking } from "./ask.js";
import { byID } from "./dom.js";
import { refreshLibrary, startLibrary } from "./documents.js";
import { startKeys } from "./keys.js";
import { startPanel } from "./panel.js";
import { startUploads } from "./upload.js";

function showView() {
  const wanted = location.hash === "#documents" ? "documents" : "ask";
  for (const link of document.querySelectorAll("[data-view]")) {
    const isCurrent = link.dataset.view === wanted;
    byID(`view-${link.dataset.view}`).hidden = !isCurrent;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (wanted === "documents") refreshLibrary();
  else if (location.hash === "#question") byID("question").focus();
}

async function showHealth() {
  let status = "unreachable";
  let detail = "";
  try {
    const health = await (await call("health", { asksForKey: false })).json();
    status = health.status;
    const troubled = (health.dependencies ?? []).filter((dependency) => dependency.status !== "ok");
    detail = troubled.map((dependency) => `${dependency.name}: ${dependency.detail ?? dependency.status}`).join("\n");
  } catch (failure) {
    if (failure.status) status = failure.status === 401 ? "key refused" : "error";
  }
  byID("health").dataset.status = status;
  byID("health").title = detail;
  byID("health-text").textContent = { ok: "Ready", degraded: "Degraded", down: "Down", draining: "Stopping" }[status] ?? status;
}

startKeys();
startPanel();
startAsking();
startLibrary();
startUploads(refreshLibrary);
addEventListener("hashchange", showView);
showView();
showHealth();
setInterval(() => document.visibilityState === "visible" && showHealth(), 30_000);
