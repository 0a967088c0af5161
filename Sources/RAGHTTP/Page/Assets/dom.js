// Makes elements. Text only ever becomes text: nothing here, or anywhere in the page, reads a string as markup.

/** The element with an id of index.html. */
export const byID = (id) => document.getElementById(id);

/**
 * A new element. Functions among the properties listen to the event of that name, null and false are left out, true is an
 * attribute without a value; children are nodes or text.
 */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A link to a page of the web; plain text where the address is of another kind, such as javascript:. */
export function webLink(address, text) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return document.createTextNode(text);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return document.createTextNode(text);
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, text);
}

/** A failure as people read it, and a way to try again where that may help. */
export function failureBox(failure, retry) {
  const facts = [failure.field && `Field: ${failure.field}`, failure.code, failure.requestID && `Request ${failure.requestID}`];
  return element(
    "div",
    { class: "failure" },
    element("p", { class: "failure-title" }, failure.message),
    failure.detail ? element("p", { dir: "auto" }, failure.detail) : null,
    element("p", { class: "muted small" }, facts.filter(Boolean).join(" · ")),
    retry ? element("button", { type: "button", class: "quiet", click: retry }, "Try again") : null,
  );
}

/** `1 file`, `2 files`. */
export const count = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

/** A number of bytes as people say it. */
export function size(bytes) {
  if (bytes < 1000) return count(bytes, "byte");
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A duration in milliseconds as people say it. */
export function milliseconds(value) {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ms`;
}
