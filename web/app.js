/** The page: joins what one sees (page/), what one hears (media/) and what one asks for (api.js), and follows the address. */

import { Api, MOST_LISTED } from "./api.js";
import { Episode } from "./episode.js";
import { chooseContainer, findMediaSource } from "./media/containers.js";
import { Player } from "./media/player.js";
import { Openings } from "./opening.js";
import { Access, isAboutKey, keptKey } from "./page/access.js";
import { Composer } from "./page/composer.js";
import { byId } from "./page/dom.js";
import { clock } from "./page/format.js";
import { listenToKeys } from "./page/keyboard.js";
import { offerLanguages } from "./page/language_choice.js";
import { Library } from "./page/library.js";
import { forgetListener, recall, recallHere, remember, rememberHere } from "./page/memory.js";
import { startOffline } from "./page/offline.js";
import { Places } from "./page/places.js";
import { inShort, plainWords } from "./page/plain_words.js";
import { soundAlone } from "./page/sound_alone.js";
import { settle, toast, undoLast } from "./page/toast.js";
import { loadWords, say } from "./page/words.js";

const EPISODE = /^#\/p\/([0-9a-f]{32})(?:\?t=(\d+))?$/;
const HOME = "#/";
/** For where the page dies: who pauses or leaves is remembered at once. Each time is a write to the disk. */
const REMEMBER_POSITION_MS = 10_000;
/** Where the page of a podcast is not there by then, a click is answered otherwise. */
const PATIENT_MS = 400;
/** Which podcast stood still when this page was left: a reload starts no sound. */
const PAUSED = "paused";
let stoodStill = recallHere(PAUSED);
/** What page/keeping.js keeps. */
const KEPT_OFFLINE = "aethercast.kept";
/** Mistakes in what was asked are told beside the field that asked it. */
const FORM_ERRORS = new Set([400, 401, 403, 413, 415, 422]);

// Who may ask for a podcast says so, and what that takes is started meanwhile
const kept = keptKey();
const fetched = fetch("config.json", kept ? { headers: { Authorization: `Bearer ${kept}` } } : {})
  .then((response) => response.json())
  .catch(() => ({}));
const choosing = chooseContainer((type) => findMediaSource(globalThis)?.isTypeSupported(type) ?? false);
await loadWords();
const config = await fetched;
const signing = config.sign_in ? await import("./page/sign_in.js") : null; // where people can
const access = new Access(config.api_key ?? null, signing && { back: signing.signedIn, leave: () => signing.signIn(config.sign_in) }, () => void forget());
const api = new Api(config.api_base ?? "", () => access.key);
const player = new Player(byId("audio", HTMLAudioElement), await choosing);
/** What plays, whichever view is there. @type {Episode | null} */
let episode = null;
/** What was asked for last, to ask it again. @type {any} */
let lastRequest = null;
/** Whose end the next one has followed. @type {Episode | null} */
let followed = null;

const places = new Places(api);
const openings = new Openings(
  (choices) => api.opening(choices),
  () => fetch("opening.json").then((response) => response.json()),
);
const composer = new Composer(
  (request, after) => void (after ? once("later", request, makeForLater) : once("now", request, make)),
  () => api.engines(),
  () => void openings.prepareSoon(composer.choices),
  player.container && hearVoice,
);
const library = new Library(api, places, {
  podcastApp: () => void openPodcastApp(),
  key: (error) => void askKey(error).then((given) => void (given && library.refresh())),
  later: (podcast) => void playLater(podcast),
  listed: (podcasts) => listening?.upNext.entitle(podcasts),
  deleted: (id) => {
    void seen().then((listening) => listening?.upNext.remove(id));
    if (episode?.id === id) leave();
  },
});
/** What is seen of a podcast, once it is loaded. @type {import("./page/listening.js").Listening | null} */
let listening = null;
/** @type {Promise<import("./page/listening.js").Listening | null> | null} */
let loading = null;
/** Whether the page of what plays is to be there, rather than the start page. */
let isShown = false;
/** @type {import("./page/podcast_app.js").PodcastApp | null} */
let podcastApp = null;

const SHARED = /^#\/s\/([0-9a-f]{32})\/(share_[0-9A-Za-z_-]+)(?:\?t=(\d+))?$/;

/** Which podcast an address leads to, by what somebody else shared it, and where in it. @param {string} hash */
function readAddress(hash) {
  const [, shared, share, at] = SHARED.exec(hash) ?? [];
  const [, own, since] = EPISODE.exec(hash) ?? [];
  const id = shared ?? own;
  const t = at ?? since;
  return id ? { id, share: share ?? null, at: t === undefined ? null : Number(t) } : null;
}

/** What is being asked for: nobody who clicks twice wants two. @type {Set<string>} */
const asking = new Set();

/** @param {string} what @param {any} request @param {(request: any) => Promise<void>} act */
async function once(what, request, act) {
  const key = JSON.stringify([what, request]);
  if (asking.has(key)) {
    if (what === "now") show(); // of who has gone back meanwhile
    return;
  }
  asking.add(key);
  await act(request).finally(() => asking.delete(key));
}

/** @param {any} request */
async function make(request) {
  if (!access.key && !(await askKey())) return;
  lastRequest = request;
  const made = openEpisode();
  await made.request(request, openings.of(request));
  if (episode !== made) return;
  if (made.id) {
    composer.clear();
    if (isShown) history.pushState(null, "", `#/p/${made.id}`);
    listening?.update();
  } else if (FORM_ERRORS.has(made.error?.status ?? 0)) {
    leave();
    composer.tell(made.error);
    if (isAboutKey(made.error) && (await askKey(made.error))) await make(request);
  }
}

/** Have one made, and go on hearing this one. @param {any} request */
async function makeForLater(request) {
  try {
    const { cpoa_workflow_id: id } = await api.generate(request);
    if (!request.draft) (await seen())?.upNext.add({ id, title: request.title ?? request.topic ?? say("Your podcast") });
    composer.clear();
    toast(request.draft ? say("Its script is being written: it is among your podcasts") : say("It is being made, and plays after this"));
    void library.refresh();
  } catch (error) {
    const trouble = /** @type {import("./api.js").ApiError} */ (error);
    composer.tell(trouble);
    if (isAboutKey(trouble) && (await askKey(trouble))) await makeForLater(request);
  }
}

/** @param {{workflow_id: string, title: string}} podcast */
async function playLater({ workflow_id: id, title }) {
  if (!episode) {
    void listenTo(id);
    return;
  }
  (await seen())?.upNext.add({ id, title });
  toast(say("Plays after this"));
}

/**
 * A new podcast made of the one that is open: hear it. Rejects with an ApiError where there is to be none.
 * @param {(id: string) => Promise<import("./api.js").Accepted>} ask
 */
async function derive(ask) {
  if (!episode?.id) return;
  player.expectSound();
  try {
    location.hash = `#/p/${(await ask(episode.id)).cpoa_workflow_id}`;
  } catch (error) {
    const { title, detail } = plainWords(/** @type {any} */ (error));
    toast(detail || title);
  }
}

/**
 * Open the page of a podcast, and play it, unless it plays already.
 * @param {string} id
 * @param {string | null} [share]  that somebody else shared it by
 * @param {number | null} [at]  a place in it, in seconds; else it goes on where it was
 */
async function open(id, share = null, at = null) {
  if (episode?.id === id) {
    show();
    if (at !== null) listenFrom(at);
    return;
  }
  if (!share && !access.key && !(await askKey())) return;
  const place = share ? places.here(id) : places.find(id); // asked for in any case: the moments come with it
  const opened = openEpisode(true, share);
  opened.sounds = stoodStill !== id;
  await opened.open(id, at ?? place);
}

/** Play a podcast, and stay where one is: its page is shown only where the page of one is there. @param {string} id */
async function listenTo(id) {
  if (isShown) history.pushState(null, "", `#/p/${id}`);
  lastRequest = null;
  const opened = openEpisode(isShown);
  await opened.open(id, places.find(id));
  return opened;
}

function again() {
  if (lastRequest && (!episode || episode.isToBeMade)) void make(lastRequest);
  else if (episode?.id) {
    const { id, share } = episode;
    tellPosition();
    episode.close();
    episode = null;
    void open(id, share);
  }
}

/** @param {boolean} [shown]  its page, too @param {string | null} [share]  that somebody else shared it by */
function openEpisode(shown = true, share = null) {
  tellPosition();
  episode?.close();
  const opened = (episode = new Episode(share ? api.sharedBy(share) : api, player));
  opened.share = share;
  opened.addEventListener("change", () => opened === episode && listening?.update());
  opened.addEventListener("unmade", () => toast(say("Made up to {time} so far: you are at the newest part", { time: clock(player.availableS) })));
  if (listening) listening.open(opened);
  else {
    void seen();
    const isAwaited = () => !listening && episode === opened && "ready" in document.body.dataset;
    setTimeout(() => isAwaited() && toast(say("Starting…")), PATIENT_MS);
  }
  if (shown) show();
  return opened;
}

/** Loads once what is seen of a podcast; null where it cannot be had now. */
function seen() {
  return (loading ??= loadListening());
}

async function loadListening() {
  try {
    const { Listening, paintable } = await import("./page/listening.js");
    await paintable();
    listening = new Listening(api, places, player, {
      seek: listenFrom,
      again,
      key: (error) => void askKey(error).then((given) => given && again()),
      canRepeat: () => lastRequest !== null,
      anew: (topic) => {
        composer.fill(topic);
        location.hash = HOME;
      },
      derive: (wanted, ask) => once(wanted, episode?.id, () => derive(ask)),
      play: (id) => void listenTo(id),
    });
  } catch {
    loading = null; // the next who needs it tries again
    if (episode) toast(say("The page of this podcast cannot be loaded now"));
    return null;
  }
  listening.open(episode);
  if (isShown) show();
  return listening;
}

/** The page of what plays. */
function show() {
  isShown = true;
  if (!listening) return; // once it is there
  document.body.dataset.view = "episode";
  byId("episode", HTMLElement).hidden = false;
  scrollTo(0, 0);
  listening.update();
  listening.focus();
}

/** The start page; what plays goes on. */
function showHome() {
  rememberPosition();
  if (episode && player.state === "idle" && (episode.error || episode.isOver)) leave();
  isShown = false;
  document.body.dataset.view = "home";
  document.title = "Aethercast";
  byId("episode", HTMLElement).hidden = true;
  listening?.dock.update();
  composer.offerLater(player.state !== "idle");
  if (!access.key) return;
  void library.refresh();
  void openings.prepare(composer.choices);
}

/** Nothing plays any more. */
function leave() {
  tellPosition();
  episode?.close();
  episode = null;
  listening?.open(null);
  if (isShown) history.replaceState(null, "", HOME);
  showHome();
}

/** Nothing of the listener stays on this device; what they have just done still reaches the server, by their key. */
async function forget() {
  settle();
  leave();
  forgetListener();
  if ("caches" in window) await caches.delete(KEPT_OFFLINE).catch(() => {});
  location.reload(); // whatever this page holds was theirs, too
}

/** What follows in the list, once this one has come to its end. */
async function playNext() {
  if (player.state !== "ended") followed = null; // it may be heard again, to another end
  if (player.state !== "ended" || followed === episode) return;
  followed = episode;
  tellPosition();
  if (listening?.stopsHere()) return;
  await follow(episode);
}

/** What cannot be heard (it has failed, was deleted, or waits for its listener's word) is passed over. @param {Episode | null} ended */
async function follow(ended) {
  const next = (await seen())?.upNext.take() ?? (await nextOfShow(ended));
  if (!next || episode !== ended) return;
  const opened = await listenTo(next);
  const isSilent = opened.isOver || opened.draft || opened.error?.code === "podcast_unknown";
  if (isSilent && player.state === "idle") await follow(opened);
}

/** Of a show, the episode that was made after this one. @param {Episode | null} ended */
async function nextOfShow(ended) {
  if (!ended?.show || ended.share) return null;
  try {
    const { podcasts } = await api.list({ limit: MOST_LISTED });
    const episodes = podcasts.filter(({ show, state }) => show === ended.show && state === "COMPLETED");
    return episodes[episodes.findIndex(({ workflow_id }) => workflow_id === ended.id) - 1]?.workflow_id ?? null; // newest first
  } catch {
    return null; // the net may be away; nothing follows then
  }
}

/** @param {number} seconds */
function listenFrom(seconds) {
  episode?.seek(seconds);
  if (player.paused) episode?.toggle();
}

function route() {
  const found = readAddress(location.hash);
  if (found) {
    const { id, share, at } = found;
    // A reload goes on where it was, and does not come back to the moment that the link was of
    if (at !== null) history.replaceState(null, "", location.hash.replace(/\?.*/, ""));
    if (episode?.id !== id) lastRequest = null;
    void open(id, share, at);
  } else if (!episode || /^(#\/?)?$/.test(location.hash)) showHome(); // any other fragment is a place within the page
}

/** A link to where the address is already changes nothing that would be told, and still leads there. @param {MouseEvent} event */
function followLink(event) {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link?.getAttribute("href")?.startsWith("#/") && link.hash === (location.hash || HOME)) route();
}

/** @param {{code?: string, message?: string, status?: number} | null} [refused] */
async function askKey(refused = null) {
  const given = await access.ask(refused);
  if (given) void meetListener();
  return given;
}

/** Whoever the key is of: what another listener has left here is not theirs. */
async function meetListener() {
  const before = recall("listener", null);
  if (!access.key || before === access.key) return;
  if (before === null) return remember("listener", access.key);
  try {
    const { forgetOthers } = await import("./page/whose.js");
    const list = async () => {
      const page = await api.list({ limit: MOST_LISTED });
      if ("kept" in page) throw new Error("this is what is kept here, whosever it is");
      return page.podcasts;
    };
    if (!(await forgetOthers(access.key, list))) return;
    listening?.upNext.show();
    await caches.delete(KEPT_OFFLINE);
  } catch {
    // The key is wrong, or the net away: the next time finds out
  }
}

function rememberPosition() {
  if (!episode?.id || player.state === "idle") return;
  places.note(episode.id, player.state === "ended" ? 0 : Math.floor(player.position), episode.share === null);
}

/** For the listener's other devices, where the sound has stopped or the page is left. */
function tellPosition() {
  rememberPosition();
  if (episode?.id && episode.share === null && player.state !== "idle") void places.tell(episode.id);
}

/** All of the listener's podcasts, in an app. */
async function openPodcastApp() {
  try {
    const { PodcastApp } = await import("./page/podcast_app.js");
    await seen(); // its styles come along
    await (podcastApp ??= new PodcastApp(api)).open();
  } catch {
    toast(say("It cannot be loaded now; try again"));
  }
}

/** @param {import("./opening.js").Choices} choices */
async function hearVoice(choices) {
  const { container } = player;
  if (!container) return;
  player.pause();
  try {
    const { playSample } = await import("./page/voice_sample.js");
    await playSample(api, container, choices);
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    toast(name === "NotAllowedError" ? say("Press play to listen") : inShort(/** @type {any} */ (error)));
  }
}

async function openUsage() {
  const { showUsage } = await import("./page/usage.js");
  await showUsage(api);
}

/** What another app has shared with this one is what the next podcast is to be about (manifest.webmanifest). */
function takeShared() {
  const shared = new URLSearchParams(location.search);
  const [title, text, url] = ["title", "text", "url"].map((name) => shared.get(name)?.trim() ?? "");
  const wish = [text, text.includes(url) ? "" : url].filter(Boolean).join("\n") || title;
  if (!wish) return;
  history.replaceState(null, "", location.pathname);
  composer.fill(wish);
  composer.focus();
}

function setUpButtons() {
  const keyButton = byId("key-button", HTMLButtonElement);
  keyButton.hidden = access.isHandedOut;
  keyButton.addEventListener("click", () => void askKey().then((given) => given && route()));
  byId("skip-link", HTMLAnchorElement).addEventListener("click", (event) => {
    event.preventDefault(); // the address says which podcast is open
    const main = byId("main", HTMLElement);
    main.focus();
    main.scrollIntoView();
  });
  document.addEventListener("click", followLink);
  byId("theme-button", HTMLButtonElement).addEventListener("click", () => {
    const { dataset } = document.documentElement;
    dataset.scheme = dataset.scheme === "dark" ? "light" : "dark";
    remember("scheme", dataset.scheme);
    listening?.dock.repaint();
  });
  // Not submit buttons: the Enter key would press the first of those
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog")?.close());
  const usage = byId("usage", HTMLDetailsElement);
  usage.addEventListener("toggle", () => usage.open && void openUsage().catch(() => toast(say("It cannot be loaded now; try again"))));
  byId("shortcuts-button", HTMLButtonElement).addEventListener("click", showShortcuts);
}

function showShortcuts() {
  byId("shortcuts-dialog", HTMLDialogElement).showModal();
}

player.rate = Math.min(3, Math.max(0.5, Math.round(recall("speed", 1) * 10) / 10));
await player.setSound(recall("sound", "")).catch(() => {}); // then it sounds as it is
player.addEventListener("change", () => void playNext());
soundAlone(byId("audio", HTMLAudioElement), () => player.pause());
window.addEventListener("hashchange", route);
window.addEventListener("popstate", route);
window.addEventListener("online", () => episode?.id && episode.error?.code === "unreachable" && player.state === "idle" && again());
window.addEventListener("pagehide", () => {
  rememberHere(PAUSED, player.state === "paused" && episode?.id ? episode.id : "");
  tellPosition();
});
document.addEventListener("visibilitychange", () => document.hidden && tellPosition());
byId("audio", HTMLAudioElement).addEventListener("pause", tellPosition);
setInterval(rememberPosition, REMEMBER_POSITION_MS);
setUpButtons();
offerLanguages(() => {
  if (episode?.id) history.replaceState(null, "", episode.share ? `#/s/${episode.id}/${episode.share}` : `#/p/${episode.id}`); // where it goes on
  location.reload();
});
listenToKeys({
  " ": () => episode?.toggle(),
  k: () => episode?.toggle(),
  j: () => listening?.dock.back(),
  l: () => listening?.dock.forward(),
  ArrowLeft: () => listening?.dock.back(),
  ArrowRight: () => listening?.dock.forward(),
  p: () => listening?.dock.changeChapter(-1),
  n: () => listening?.dock.changeChapter(1),
  "<": () => listening?.dock.changeSpeed(-1),
  ">": () => listening?.dock.changeSpeed(1),
  "/": () => (isShown ? (location.hash = HOME) : library.focusSearch()),
  "Ctrl+z": undoLast,
  "?": showShortcuts,
});
// Who is about to ask for one, or to open one, finds its page there
for (const id of ["composer", "ideas", "library"]) {
  for (const type of ["focusin", "pointerover"]) byId(id, HTMLElement).addEventListener(type, () => void seen(), { once: true });
}
route();
stoodStill = ""; // whatever is opened from now on is to be heard
takeShared();
if (isShown) await seen();
void meetListener();
void startOffline(seen);
document.body.dataset.ready = ""; // every control is joined
