/** The page: joins what one sees (page/), what one hears (media/) and what one asks for (api.js), and follows the address. */

import { Api } from "./api.js";
import { Episode } from "./episode.js";
import { Player } from "./media/player.js";
import { Openings } from "./opening.js";
import { Access, isAboutKey } from "./page/access.js";
import { Composer } from "./page/composer.js";
import { Dock, BACK_S, FORWARD_S } from "./page/dock.js";
import { byId } from "./page/dom.js";
import { EpisodeView } from "./page/episode_view.js";
import { clock } from "./page/format.js";
import { listenToKeys } from "./page/keyboard.js";
import { Keeping, startOffline } from "./page/keeping.js";
import { offerLanguages } from "./page/language_choice.js";
import { Library } from "./page/library.js";
import { recall, remember } from "./page/memory.js";
import { plainWords } from "./page/plain_words.js";
import { SleepTimer } from "./page/sleep_timer.js";
import { soundAlone } from "./page/sound_alone.js";
import { toast } from "./page/toast.js";
import { Transcript } from "./page/transcript.js";
import { UpNext } from "./page/up_next.js";
import { loadWords, say } from "./page/words.js";

const EPISODE = /^#\/p\/([0-9a-f]{32})$/;
const HOME = "#/";
const REMEMBER_POSITION_MS = 3_000;
const MAX_POSITIONS = 50;
const [SOONEST_MS, LATEST_MS] = [20, 1_000];
/** Mistakes in what was asked are told beside the field that asked it. */
const FORM_ERRORS = new Set([400, 401, 403, 413, 415, 422]);

const fetched = fetch("config.json")
  .then((response) => response.json())
  .catch(() => ({}));
await loadWords();
const config = await fetched;
const access = new Access(config.api_key ?? null, config.sign_in ?? null, forget);
const api = new Api(config.api_base ?? "", () => access.key);
const player = new Player(byId("audio", HTMLAudioElement));
/** What plays, whichever view is there. @type {Episode | null} */
let episode = null;
/** What was asked for last, to ask it again. @type {any} */
let lastRequest = null;
/** Whose end the next one has followed. @type {Episode | null} */
let followed = null;

const openings = new Openings((choices) => api.opening(choices));
const composer = new Composer(
  (request, after) => void (after ? makeForLater(request) : make(request)),
  () => api.engines(),
  () => void openings.prepareSoon(composer.choices),
);
const upNext = new UpNext((id) => void listenTo(id));
const library = new Library(api, {
  key: (error) => void askKey(error).then((given) => void (given && library.refresh())),
  later: playLater,
  deleted: (id) => {
    upNext.remove(id);
    if (episode?.id === id) leave();
  },
});
const transcript = new Transcript((seconds) => listenFrom(seconds));
const dock = new Dock(player, (speaker) => transcript.voice(speaker));
const sleep = new SleepTimer({
  pause: () => player.pause(),
  chapterEnd: () => episode?.chapters.find(({ start }) => start > player.position)?.start ?? Infinity,
});
const view = new EpisodeView(player, {
  seek: listenFrom,
  again,
  key: (error) => void askKey(error).then((given) => given && again()),
  canRepeat: () => lastRequest !== null,
  anew: (topic) => {
    composer.fill(topic);
    location.hash = HOME;
  },
  more: (chapter) => void derive((id) => api.moreAbout(id, chapter)),
});
const keeping = new Keeping(api);
/** @type {import("./page/tools.js").Tools | null} */
let tools = null;

const SHARED = /^#\/s\/([0-9a-f]{32})\/(share_[0-9A-Za-z_-]+)$/;

/** Which podcast an address shares, and by what. @param {string} hash @returns {{id: string, share: string} | null} */
function readShared(hash) {
  const [, id, share] = SHARED.exec(hash) ?? [];
  return id && share ? { id, share } : null;
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
    if (isShown()) history.pushState(null, "", `#/p/${made.id}`);
    update();
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
    upNext.add({ id, title: request.title ?? request.topic ?? say("Your podcast") });
    composer.clear();
    toast(say("It is being made, and plays after this"));
    void library.refresh();
  } catch (error) {
    const trouble = /** @type {import("./api.js").ApiError} */ (error);
    composer.tell(trouble);
    if (isAboutKey(trouble) && (await askKey(trouble))) await makeForLater(request);
  }
}

/** @param {{workflow_id: string, title: string}} podcast */
function playLater({ workflow_id: id, title }) {
  if (!episode) {
    void listenTo(id);
    return;
  }
  upNext.add({ id, title });
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
 */
async function open(id, share = null) {
  if (episode?.id === id) {
    show();
    return;
  }
  if (!share && !access.key && !(await askKey())) return;
  lastRequest = null;
  await openEpisode(true, share).open(id, recall("positions", /** @type {Record<string, number>} */ ({}))[id] ?? 0);
}

/** Play a podcast, and stay where one is: its page is shown only where the page of one is there. @param {string} id */
async function listenTo(id) {
  if (isShown()) history.pushState(null, "", `#/p/${id}`);
  lastRequest = null;
  await openEpisode(isShown()).open(id, recall("positions", /** @type {Record<string, number>} */ ({}))[id] ?? 0);
}

function again() {
  if (lastRequest) void make(lastRequest);
  else if (episode?.id) {
    const { id, share } = episode;
    episode.close();
    episode = null;
    void open(id, share);
  }
}

/** @param {boolean} [shown]  its page, too @param {string | null} [share]  that somebody else shared it by */
function openEpisode(shown = true, share = null) {
  rememberPosition();
  episode?.close();
  transcript.clear();
  view.clear();
  tools?.clear();
  if (!tools) void loadTools();
  const opened = (episode = new Episode(share ? api.sharedBy(share) : api, player));
  opened.share = share;
  dock.open(opened);
  sleep.forgetChapter();
  opened.addEventListener("change", () => opened === episode && update());
  opened.addEventListener("unmade", () => toast(say("Made up to {time} so far: you are at the newest part", { time: clock(player.availableS) })));
  if (shown) show();
  update();
  return opened;
}

/** The page of what plays. */
function show() {
  document.body.dataset.view = "episode";
  byId("episode", HTMLElement).hidden = false;
  scrollTo(0, 0);
  update();
  view.focus();
}

const isShown = () => document.body.dataset.view === "episode";

/** The start page; what plays goes on. */
function showHome() {
  rememberPosition();
  if (episode && player.state === "idle" && (episode.error || episode.isOver)) leave();
  document.body.dataset.view = "home";
  document.title = "Aethercast";
  byId("episode", HTMLElement).hidden = true;
  dock.update();
  composer.offerLater(player.state !== "idle");
  if (!access.key) return;
  void library.refresh();
  void openings.prepare(composer.choices);
}

/** Nothing plays any more. */
function leave() {
  rememberPosition();
  episode?.close();
  episode = null;
  dock.open(null);
  dock.update();
  if (isShown()) history.replaceState(null, "", HOME);
  showHome();
}

/** Without a key there is nothing to hear. */
function forget() {
  leave();
  library.clear();
}

/** Loads the tools once. Without the net, where a podcast is heard that was kept, there is nothing to change. */
async function loadTools() {
  const loaded = await import("./page/tools.js").catch(() => null);
  if (!loaded || tools) return;
  tools = new loaded.Tools(api, { remake: (edits) => derive((id) => api.remake(id, edits)), copy, tell: toast });
  update();
}

function update() {
  if (!episode) return;
  view.update(episode);
  if (isShown()) view.entitle(episode);
  tools?.show(episode);
  keeping.show(episode);
  transcript.show(episode.turns, episode.sources);
  follow();
}

/** What moves with the sound. */
function follow() {
  if (!episode) return;
  dock.update();
  view.follow(episode);
  followWords();
  if (player.state === "ended" && followed !== episode) playNext();
}

/** What follows in the list, once this one has come to its end. */
function playNext() {
  followed = episode;
  rememberPosition();
  const next = upNext.take();
  if (next) void listenTo(next);
}

let words = 0;
/** Each word when it is due; nothing turns while nobody looks. */
function followWords() {
  clearTimeout(words);
  sleep.follow(player.position);
  if (player.state === "starting") return;
  const next = transcript.follow(player.position);
  if (player.state !== "playing" || document.hidden) return;
  const due = ((next - player.position) * 1000) / player.rate;
  words = window.setTimeout(followWords, Math.max(SOONEST_MS, Math.min(due, LATEST_MS)));
}

let beat = "";
/** The element tells several times a second how it goes, which is drawn once. */
function followBeat() {
  const now = `${Math.floor(player.position)} ${Math.floor(player.availableS)}`;
  if (now !== beat) follow();
  beat = now;
}

/** @param {number} seconds */
function listenFrom(seconds) {
  episode?.seek(seconds);
  if (player.paused) episode?.toggle();
}

function route() {
  const shared = readShared(location.hash);
  const id = EPISODE.exec(location.hash)?.[1];
  if (shared) void open(shared.id, shared.share);
  else if (id) void open(id);
  else if (!episode || /^(#\/?)?$/.test(location.hash)) showHome(); // any other fragment is a place within the page
}

/** A link to where the address is already changes nothing that would be told, and still leads there. @param {MouseEvent} event */
function followLink(event) {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link?.getAttribute("href")?.startsWith("#/") && link.hash === (location.hash || HOME)) route();
}

/** @param {{code?: string, message?: string, status?: number} | null} [refused] */
const askKey = (refused = null) => access.ask(refused);

/** @param {string} text @param {string} done */
async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(say("The browser does not allow copying"));
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
    if (episode?.share) void copy(location.href, say("Link copied"));
    else if (episode?.id) tools?.share(episode);
  });
  byId("copy", HTMLButtonElement).addEventListener("click", () => {
    void copy(transcript.text(episode?.title ?? ""), say("Transcript copied"));
  });
  const stop = byId("stop-dialog", HTMLDialogElement);
  byId("cancel", HTMLButtonElement).addEventListener("click", () => {
    stop.returnValue = "";
    stop.showModal();
  });
  stop.addEventListener("close", () => stop.returnValue === "stop" && void episode?.cancel());
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
document.addEventListener("visibilitychange", followWords);
soundAlone(byId("audio", HTMLAudioElement), () => player.pause());
for (const type of ["timeupdate", "progress"]) byId("audio", HTMLAudioElement).addEventListener(type, followBeat);
window.addEventListener("hashchange", route);
window.addEventListener("popstate", route);
window.addEventListener("pagehide", rememberPosition);
setInterval(rememberPosition, REMEMBER_POSITION_MS);
setUpButtons();
offerLanguages(() => {
  if (episode?.id && !isShown()) location.hash = byId("now-playing", HTMLAnchorElement).hash; // where it goes on
  location.reload();
});
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
  "/": () => (isShown() ? (location.hash = HOME) : library.focusSearch()),
  "?": showShortcuts,
});
route();
void startOffline();
document.body.dataset.ready = ""; // every control is joined
