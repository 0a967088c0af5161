// Calls the server that the page came from.

const STORAGE = "grounded.key";
let key = stored();
let askForKey = async () => false;

/** What went wrong: `message` in a few words, `detail` and the rest as the server said it. */
export class Failure extends Error {
  constructor(message, { detail = "", code = "", field = "", status = 0, requestID = "" } = {}) {
    super(message);
    Object.assign(this, { detail, code, field, status, requestID });
  }

  static unreachable() {
    return new Failure("The server cannot be reached", {
      detail: "Check that it is running and that the network works, then try again.",
      code: "network",
    });
  }

  static cutOff() {
    return new Failure("The connection ended before the answer was complete", {
      detail: "What came so far is shown, but it is not whole and not all of it was checked.",
      code: "network",
    });
  }

  /** A problem document (RFC 9457), or whatever else came in its place, such as a proxy's page. */
  static of(status, text, retryAfter) {
    let problem = {};
    try {
      problem = JSON.parse(text) ?? {};
    } catch {
      // Not from the server itself: only the status says something.
    }
    const wait = retryAfter ? ` Try again in ${retryAfter} s.` : "";
    return new Failure(String(problem.title ?? `The server answered ${status}`), {
      detail: String(problem.detail ?? "") + wait,
      code: String(problem.code ?? `http_${status}`),
      field: String(problem.field ?? ""),
      requestID: String(problem.request_id ?? ""),
      status,
    });
  }
}

/** Whatever was thrown, as a failure. */
export const asFailure = (error) =>
  error instanceof Failure ? error : new Failure("Something went wrong in this page", { detail: String(error), code: "page" });

/** What to do when the server wants a key: resolves to whether there is another one to try. */
export function whenKeyIsWanted(ask) {
  askForKey = ask;
}

export const hasKey = () => key !== "";

/** Keeps a key for this tab; an empty one forgets it. */
export function useKey(value) {
  key = value.trim();
  try {
    if (key) sessionStorage.setItem(STORAGE, key);
    else sessionStorage.removeItem(STORAGE);
  } catch {
    // Without storage the key lives as long as the page.
  }
}

function stored() {
  try {
    return sessionStorage.getItem(STORAGE) ?? "";
  } catch {
    return "";
  }
}

const authorization = () => (key ? { Authorization: `Bearer ${key}` } : {});

/** One request; resolves to a reply of status 2xx, or throws a `Failure` (or the abort of `signal`). */
export async function call(path, { json, signal, asksForKey = true } = {}) {
  for (;;) {
    let reply;
    try {
      reply = await fetch(path, {
        method: json === undefined ? "GET" : "POST",
        headers: { ...authorization(), ...(json === undefined ? {} : { "Content-Type": "application/json" }) },
        body: json === undefined ? undefined : JSON.stringify(json),
        cache: "no-store",
        signal,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw Failure.unreachable();
    }
    if (reply.ok) return reply;
    const failure = Failure.of(reply.status, await reply.text().catch(() => ""), reply.headers.get("Retry-After"));
    if (reply.status === 401 && asksForKey && (await askForKey(failure))) continue;
    throw failure;
  }
}

/** The address of a document, relative to the page. */
export const documentPath = (id) => `documents/${encodeURIComponent(id)}`;

/** Sends one file; `onProgress` gets the share that has been sent, 0 to 1. Resolves to the reply's JSON. */
export async function send(file, onProgress) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Failure("The file cannot be read", { detail: "A folder is no file; choose the files in it.", code: "file" });
  }
  for (;;) {
    const { status, text, retryAfter } = await transfer(file, onProgress);
    if (status >= 200 && status < 300) return JSON.parse(text);
    const failure = Failure.of(status, text, retryAfter);
    if (status === 401 && (await askForKey(failure))) continue;
    throw failure;
  }
}

function transfer(file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `index?filename=${encodeURIComponent(file.webkitRelativePath || file.name)}`);
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    // Always the same type: a .json file is a document here, not a request. The server goes by the name and the bytes.
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () =>
      resolve({ status: request.status, text: request.responseText, retryAfter: request.getResponseHeader("Retry-After") }),
    );
    request.addEventListener("error", () => reject(Failure.unreachable()));
    request.send(file);
  });
}
