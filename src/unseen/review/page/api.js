/** Asking the server. Everything it refuses becomes a `Refused`, which says what is wrong and what to do next. */

/** @import {Crossing, Edit, FileLine, Job, Outline, Plan} from "./types.js" */

/** What the server will not do, or that it cannot be reached (`status` 0). */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{error?: string, next_step?: string, document?: Plan}} said
   */
  constructor(status, said) {
    super(said.error ?? `${status}`);
    this.status = status;
    this.nextStep = said.next_step ?? "";
    this.document = said.document ?? null;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
async function send(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(0, {});
  }
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
const get = async (path) => (await send(path)).json();

/**
 * @param {string} path
 * @param {unknown} body
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
async function post(path, body, options) {
  const headers = { "Content-Type": "application/json", "X-Unseen": "1" };
  const answer = await send(path, { method: "POST", headers, body: JSON.stringify(body), ...options });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

/** @param {string} id */
const file = (id) => `/api/files/${encodeURIComponent(id)}`;

/** @typedef {string | number} Revision */
/** @typedef {{files: FileLine[], total: number, revision: Revision}} Folder */
/** @typedef {{crossings: Crossing[]}} Meetings */
/** @typedef {{frames: {n: number, outlines: Outline[]}[]}} Run */

export const api = {
  /** @type {(from: number, count: number) => Promise<Folder>} */
  files: (from, count) => get(`/api/files?from=${from}&count=${count}`),
  /** @type {(id: string) => Promise<Plan | {job: string}>} */
  document: (id) => get(file(id)),
  /** @type {(id: string) => Promise<{times: number[]}>} */
  times: (id) => get(`${file(id)}/times`),
  /** @type {(id: string, first: number, last: number) => Promise<Run>} */
  outlines: (id, first, last) => get(`${file(id)}/outlines?first=${first}&last=${last}`),
  /** @type {(id: string, points: number) => Promise<{peaks: number[]}>} */
  wave: (id, points) => get(`${file(id)}/wave?points=${points}`),
  /** @type {(id: string, tracks: string[]) => Promise<Meetings>} */
  crossings: (id, tracks) => get(`${file(id)}/crossings?${tracks.map((track) => `track=${encodeURIComponent(track)}`).join("&")}`),
  /** @type {(id: string, revision: Revision, edit: Edit) => Promise<Plan>} */
  edit: (id, revision, edit) => post(`${file(id)}/edits`, { revision, edit }),
  /** @type {(id: string, revision: Revision) => Promise<Plan>} */
  undo: (id, revision) => post(`${file(id)}/undo`, { revision }),
  /** @type {(id: string, revision: Revision) => Promise<Plan>} */
  redo: (id, revision) => post(`${file(id)}/redo`, { revision }),
  /** @type {(id: string, wanted: {revision: Revision, frame: number, box: number[], kind: string}) => Promise<{job: string}>} */
  follow: (id, wanted) => post(`${file(id)}/follow`, wanted),
  /** @type {(job: string) => Promise<Job>} */
  job: (job) => get(`/api/jobs/${encodeURIComponent(job)}`),
  /** @type {(job: string) => Promise<null>} */
  stop: (job) => post(`/api/jobs/${encodeURIComponent(job)}/stop`, {}),
  /** @type {(id: string, shown: number[], doubts: string[]) => Promise<any>} */
  seen: (id, shown, doubts) => post(`${file(id)}/seen`, { shown, doubts }, { keepalive: true }),
  /** @type {(name: string) => Promise<any>} */
  who: (name) => post("/api/who", { name }),
  /** @type {(id: string, revision: Revision) => Promise<Plan>} */
  sign: (id, revision) => post(`${file(id)}/sign`, { revision }),
  /** @type {(id: string, revision: Revision) => Promise<{job: string}>} */
  release: (id, revision) => post(`${file(id)}/release`, { revision }),
  /** @type {(files: string[], what: string) => Promise<{job: string}>} */
  batch: (files, what) => post("/api/batch", { files, do: what }),
  alive: () => post("/api/alive", {}),
  close: () => post("/api/close", {}, { keepalive: true }),

  /** @type {(id: string, n: number, width: number, covered: boolean, signal: AbortSignal) => Promise<Blob>} */
  frame: async (id, n, width, covered, signal) => {
    const query = `width=${width}&covered=${covered ? 1 : 0}`;
    return (await send(`${file(id)}/frames/${n}.jpg?${query}`, { signal })).blob();
  },
  /** @type {(id: string, piece: number, covered: boolean) => Promise<ArrayBuffer>} */
  sound: async (id, piece, covered) => (await send(`${file(id)}/sound/${piece}.wav?covered=${covered ? 1 : 0}`)).arrayBuffer(),
  /** @type {(id: string, width: number, revision: Revision) => string} */
  thumb: (id, width, revision) => `${file(id)}/thumb.jpg?width=${width}&covered=1&v=${encodeURIComponent(revision)}`,
};
