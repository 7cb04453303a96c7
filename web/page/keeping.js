/** Finished podcasts on this device, to hear without the net: sound, cover and script, which worker.js hands out. */

import { ApiError } from "../api.js";
import { playableFile } from "../media/files.js";
import { byId } from "./dom.js";
import { size } from "./format.js";
import { inShort } from "./plain_words.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const KEPT = "aethercast.kept";

export class Keeping {
  #button = byId("keep", HTMLButtonElement);
  #words = byId("keep-words", HTMLElement);
  #all = byId("kept", HTMLElement);
  #allWords = byId("kept-words", HTMLElement);
  #api;
  /** @type {import("../episode.js").Episode | null} */
  #episode = null;
  #busy = false;

  /** @param {import("../api.js").Api} api */
  constructor(api) {
    this.#api = api;
    this.#button.addEventListener("click", () => void this.#toggle());
    byId("kept-free", HTMLButtonElement).addEventListener("click", () => void this.#freeAll());
    void this.showAll();
  }

  /** @param {import("../episode.js").Episode} episode */
  show(episode) {
    const isNew = episode !== this.#episode;
    this.#episode = episode;
    this.#button.hidden = !("caches" in window) || episode.state !== "COMPLETED" || episode.share !== null || !episode.artifacts;
    if (isNew) void this.#tell();
  }

  /** How much is kept here. */
  async showAll() {
    const kept = await bytesOf("");
    this.#all.hidden = kept.podcasts === 0;
    const values = { count: kept.podcasts, size: size(kept.bytes) };
    this.#allWords.textContent = say("{count} podcast on this device, {size}|{count} podcasts on this device, {size}", values);
  }

  async #tell() {
    const { bytes } = await bytesOf(this.#episode?.id ?? "-");
    this.#button.setAttribute("aria-pressed", String(bytes > 0));
    this.#words.textContent = this.#busy ? say("Keeping…") : bytes ? say("Kept offline, {size}", { size: size(bytes) }) : say("Keep offline");
    await this.showAll();
  }

  async #toggle() {
    const id = this.#episode?.id;
    if (!id || this.#busy) return;
    const { bytes } = await bytesOf(id);
    if (bytes) {
      await free(id);
      toast(say("{size} freed", { size: size(bytes) }));
    } else {
      this.#busy = true;
      await this.#tell();
      try {
        await keep(this.#api, id);
        toast(say("Kept on this device"));
      } catch (error) {
        await free(id).catch(() => {}); // where nothing can be kept there is nothing
        toast(error instanceof ApiError ? inShort(error) : say("It could not be kept; there may be no room"));
      }
      this.#busy = false;
    }
    await this.#tell();
  }

  async #freeAll() {
    await caches.delete(KEPT).catch(() => {});
    toast(say("All freed"));
    this.#episode = null;
    await this.showAll();
  }
}

/** @param {import("../api.js").Api} api @param {string} id */
async function keep(api, id) {
  const [podcast, script] = await Promise.all([api.show(id), api.script(id)]);
  const files = podcast.artifacts ?? {};
  const file = playableFile(files, (type) => new Audio().canPlayType(type));
  if (!file) throw new Error("there is no file yet");
  const cache = await caches.open(KEPT);
  const kind = Object.keys(files).find((kind) => files[kind] === file) ?? "audio";
  /** @type {Record<string, string>} */
  const artifacts = { [kind]: at(id, kind) };
  await fetchInto(cache, file, at(id, kind));
  if (files.cover_small) {
    await fetchInto(cache, files.cover_small, at(id, "cover"));
    artifacts.cover_small = at(id, "cover");
  }
  await cache.put(at(id, "segments.json"), Response.json(script));
  await cache.put(at(id, "podcast.json"), Response.json({ ...podcast, artifacts })); // the last: now it is whole
  void navigator.storage?.persist?.();
}

/** @param {Cache} cache @param {string} from @param {string} to */
async function fetchInto(cache, from, to) {
  const answer = await fetch(from);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const blob = await answer.blob();
  await cache.put(to, new Response(blob, { headers: { "Content-Type": blob.type, "Content-Length": String(blob.size) } }));
}

/** @param {string} id */
async function free(id) {
  const cache = await caches.open(KEPT);
  for (const { url } of await cache.keys()) if (url.startsWith(at(id, ""))) await cache.delete(url);
}

/** Of one podcast, or of all for "": nothing where the browser lets nothing be kept. @param {string} id */
async function bytesOf(id) {
  let [bytes, podcasts] = [0, 0];
  try {
    if (await caches.has(KEPT)) {
      const cache = await caches.open(KEPT);
      for (const request of await cache.keys()) {
        if (!request.url.includes(`/kept/${id}`)) continue;
        if (request.url.endsWith("/podcast.json")) podcasts++;
        bytes += Number((await cache.match(request))?.headers.get("Content-Length") ?? 0);
      }
    }
  } catch {
    return { bytes: 0, podcasts: 0 };
  }
  return { bytes, podcasts };
}

/** Where a kept file is. @param {string} id @param {string} name */
function at(id, name) {
  return new URL(`kept/${id}/${name}`, new URL(".", location.href)).href;
}
