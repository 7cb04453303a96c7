/** The page: joins what one sees (page/), what one hears (media/) and what one asks for (api.js), and follows the address. */

import { Api } from "./api.js";
import { Episode } from "./episode.js";
import { Player } from "./media/player.js";
import { Openings } from "./opening.js";
import { Composer } from "./page/composer.js";
import { Dock, BACK_S, FORWARD_S } from "./page/dock.js";
import { byId } from "./page/dom.js";
import { Downloads } from "./page/downloads.js";
import { EpisodeView } from "./page/episode_view.js";
import { listenToKeys } from "./page/keyboard.js";
import { Library } from "./page/library.js";
import { recall, remember } from "./page/memory.js";
import { Transcript } from "./page/transcript.js";

const EPISODE = /^#\/p\/([0-9a-f]{32})$/;
const TOAST_MS = 2_500;
const REMEMBER_POSITION_MS = 3_000;
const MAX_POSITIONS = 50;
/** Mistakes in what was asked are told beside the field that asked it. */
const FORM_ERRORS = new Set([400, 401, 403, 413, 415, 422]);

const config = await fetch("config.json")
  .then((response) => response.json())
  .catch(() => ({}));
const api = new Api(config.api_base ?? "", () => config.api_key ?? recall("key", null));
const player = new Player(byId("audio", HTMLAudioElement));
/** @type {Episode | null} */
let episode = null;
/** What was asked for last, to ask it again. @type {any} */
let lastRequest = null;

const openings = new Openings((choices) => api.opening(choices));
const composer = new Composer(
  (request) => void make(request),
  () => api.engines(),
  () => void openings.prepareSoon(composer.choices),
);
const library = new Library(api, toast);
const transcript = new Transcript((seconds) => listenFrom(seconds));
const dock = new Dock(player, (speaker) => transcript.voice(speaker));
const downloads = new Downloads();
const view = new EpisodeView(player, { seek: listenFrom, again, key: () => void askKey().then((given) => given && again()) });

/** @param {any} request */
async function make(request) {
  if (!hasKey() && !(await askKey())) return;
  lastRequest = request;
  const made = openEpisode();
  await made.request(request, openings.of(request));
  if (episode !== made) return;
  if (made.id) {
    composer.clear();
    history.pushState(null, "", `#/p/${made.id}`);
  } else if (FORM_ERRORS.has(made.error?.status ?? 0)) {
    showHome();
    composer.tell(made.error);
    if (made.error?.status === 401 || made.error?.status === 403) void askKey(true);
  }
}

/** @param {string} id */
async function open(id) {
  if (episode?.id === id) return;
  if (!hasKey() && !(await askKey())) return;
  lastRequest = null;
  await openEpisode().open(id, recall("positions", /** @type {Record<string, number>} */ ({}))[id] ?? 0);
}

function again() {
  if (lastRequest) void make(lastRequest);
  else if (episode?.id) {
    const { id } = episode;
    episode.close();
    episode = null;
    void open(id);
  }
}

function openEpisode() {
  rememberPosition();
  episode?.close();
  transcript.clear();
  view.clear();
  downloads.close();
  const opened = (episode = new Episode(api, player));
  dock.open(opened);
  opened.addEventListener("change", () => opened === episode && update());
  document.body.dataset.view = "episode";
  byId("episode", HTMLElement).hidden = false;
  scrollTo(0, 0);
  update();
  view.focus();
  return opened;
}

function showHome() {
  rememberPosition();
  episode?.close();
  episode = null;
  dock.open(null);
  dock.update();
  document.body.dataset.view = "home";
  document.title = "Aethercast";
  downloads.close();
  byId("episode", HTMLElement).hidden = true;
  if (!hasKey()) return;
  void library.refresh();
  void openings.prepare(composer.choices);
}

function update() {
  if (!episode) return;
  view.update(episode);
  downloads.show(episode);
  transcript.show(episode.turns, episode.sources);
  follow();
}

/** What moves with the sound. */
function follow() {
  if (!episode) return;
  dock.update();
  view.follow(episode);
  if (player.state !== "starting") transcript.follow(player.position);
}

function animate() {
  if (player.state === "playing") follow();
  requestAnimationFrame(animate);
}

/** @param {number} seconds */
function listenFrom(seconds) {
  episode?.seek(seconds);
  if (player.paused) episode?.toggle();
}

function route() {
  const id = EPISODE.exec(location.hash)?.[1];
  if (id) void open(id);
  else showHome();
}

function hasKey() {
  return Boolean(config.api_key ?? recall("key", null));
}

/** Ask for the access key; whether one was given. @param {boolean} [refused] the one there is does not work */
function askKey(refused = false) {
  const dialog = byId("key-dialog", HTMLDialogElement);
  const input = byId("key-input", HTMLInputElement);
  input.value = refused ? "" : (recall("key", "") ?? "");
  byId("key-forget", HTMLButtonElement).hidden = !recall("key", null);
  if (refused) byId("key-text", HTMLElement).textContent = "The key is not known. Check it for missing characters.";
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        const given = dialog.returnValue === "save" && input.value.trim() !== "";
        if (given) {
          config.api_key = null;
          remember("key", input.value.trim());
        }
        resolve(given);
      },
      { once: true },
    );
  });
}

let toastTimer = 0;
/** @param {string} message */
function toast(message) {
  const place = byId("toast", HTMLElement);
  place.textContent = message;
  place.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => place.classList.remove("shown"), TOAST_MS);
}

/** @param {string} text @param {string} done */
async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast("The browser does not allow copying");
  }
}

function rememberPosition() {
  if (!episode?.id || player.state === "idle") return;
  const { [episode.id]: _, ...others } = recall("positions", /** @type {Record<string, number>} */ ({}));
  const position = player.state === "ended" ? 0 : Math.floor(player.position);
  const newest = [...Object.entries(others), [episode.id, position]].slice(-MAX_POSITIONS);
  remember("positions", Object.fromEntries(newest));
}

function setUpButtons() {
  byId("share", HTMLButtonElement).addEventListener("click", () => {
    const title = episode?.title ?? "Aethercast";
    if (navigator.share) void navigator.share({ title, url: location.href }).catch(() => {});
    else void copy(location.href, "Link copied");
  });
  byId("copy", HTMLButtonElement).addEventListener("click", () => {
    void copy(transcript.text(episode?.title ?? ""), "Transcript copied");
  });
  byId("cancel", HTMLButtonElement).addEventListener("click", () => void episode?.cancel());
  const keyButton = byId("key-button", HTMLButtonElement);
  keyButton.hidden = Boolean(config.api_key);
  keyButton.addEventListener("click", () => void askKey().then((given) => given && route()));
  byId("key-forget", HTMLButtonElement).addEventListener("click", () => {
    remember("key", null);
    byId("key-dialog", HTMLDialogElement).close();
    location.hash = "#/";
    location.reload();
  });
  byId("theme-button", HTMLButtonElement).addEventListener("click", () => {
    const { dataset } = document.documentElement;
    dataset.scheme = dataset.scheme === "dark" ? "light" : "dark";
    remember("scheme", dataset.scheme);
    dock.repaint();
    dock.update();
  });
  // Not submit buttons: the Enter key would press the first of those
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog")?.close());
  byId("shortcuts-button", HTMLButtonElement).addEventListener("click", showShortcuts);
}

function showShortcuts() {
  byId("shortcuts-dialog", HTMLDialogElement).showModal();
}

player.addEventListener("change", follow);
for (const type of ["timeupdate", "progress"]) byId("audio", HTMLAudioElement).addEventListener(type, follow);
window.addEventListener("hashchange", route);
window.addEventListener("popstate", route);
window.addEventListener("pagehide", rememberPosition);
setInterval(rememberPosition, REMEMBER_POSITION_MS);
setUpButtons();
listenToKeys({
  " ": () => dock.toggle(),
  k: () => dock.toggle(),
  j: () => dock.skip(-BACK_S),
  l: () => dock.skip(FORWARD_S),
  ArrowLeft: () => dock.skip(-BACK_S),
  ArrowRight: () => dock.skip(FORWARD_S),
  p: () => dock.changeChapter(-1),
  n: () => dock.changeChapter(1),
  "<": () => dock.changeSpeed(-1),
  ">": () => dock.changeSpeed(1),
  "/": () => (episode ? (location.hash = "#/") : library.focusSearch()),
  "?": showShortcuts,
});
requestAnimationFrame(animate);
route();
document.body.dataset.ready = ""; // every control is joined
