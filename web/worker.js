/**
 * The player without the net: its own files, and the podcasts that were kept on this device (page/keeping.js).
 *
 * The page comes from the network whenever there is one, so that nobody is shown an earlier player after an upgrade; it
 * names its files by their version, which never change, and those of other versions are let go when it does. What may be
 * fetched here is said by the policy that comes with this file, which browsers keep for as long as the file is the same.
 * https://www.w3.org/TR/service-workers/
 */
// @ts-nocheck: of a service worker's own globals, whose types and the page's exclude each other

const PLAYER = "aethercast.player";
const KEPT = "aethercast.kept";
const VERSIONED = /\/v\/[0-9a-f]{16}\//;
const OF_PODCAST = /\/api\/v1\/podcasts\/([0-9a-f]{32})(\/segments)?$/;
const LIST = /\/api\/v1\/podcasts$/;
const RANGE = /^bytes=(\d+)-(\d*)$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
/** The page names what it was loaded from, which came before this worker was there. */
self.addEventListener("message", ({ data }) => {
  if (Array.isArray(data?.files)) void remember(data.files);
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET") return;
  const own = url.origin === location.origin;
  const [, id, script] = OF_PODCAST.exec(url.pathname) ?? [];
  if (id) event.respondWith(orKept(request, `kept/${id}/${script ? "segments" : "podcast"}.json`));
  else if (LIST.test(url.pathname)) event.respondWith(fetch(request).catch(listKept));
  else if (own && url.pathname.includes("/kept/")) event.respondWith(kept(request));
  else if (own && !url.pathname.includes("/api/")) event.respondWith(file(request, url));
});

/** A file of the player. @param {Request} request @param {URL} url */
async function file(request, url) {
  const cache = await caches.open(PLAYER);
  // What another app shares stands behind the page's address, for the page alone
  if (request.mode === "navigate" && url.search) request = new Request(url.origin + url.pathname);
  const stored = () => cache.match(request, { ignoreVary: true });
  if (VERSIONED.test(url.pathname)) return (await stored()) ?? fetch(request);
  try {
    const answer = await fetch(request);
    if (answer.ok && (await stored())) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const found = await stored();
    if (found) return found;
    throw error;
  }
}

/** Keep these files of the player, and no others. @param {string[]} files */
async function remember(files) {
  const cache = await caches.open(PLAYER);
  for (const { url } of await cache.keys()) if (!files.includes(url)) await cache.delete(url);
  await Promise.all(
    files.map(async (url) => {
      if (await cache.match(url, { ignoreVary: true })) return;
      const answer = await fetch(url).catch(() => null);
      if (answer?.ok && isOfItsVersion(url, answer)) await cache.put(url, answer);
    }),
  );
}

/**
 * While one version is put in another's place either may answer, and says of the other's files that they are not for good
 * (streamer/player_files.py).
 * @param {string} url
 * @param {Response} answer
 */
function isOfItsVersion(url, answer) {
  return !VERSIONED.test(url) || (answer.headers.get("Cache-Control") ?? "").includes("immutable");
}

/** @param {Request} request @param {string} name */
async function orKept(request, name) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(KEPT)).match(new URL(name, self.registration.scope));
    if (found) return found;
    throw error;
  }
}

/** The library, as far as it is here. */
async function listKept() {
  const cache = await caches.open(KEPT);
  const podcasts = [];
  for (const request of await cache.keys()) {
    if (request.url.endsWith("/podcast.json")) podcasts.push(await (await cache.match(request)).json());
  }
  if (!podcasts.length) return Response.error(); // there may be many, and none is here
  podcasts.sort((one, other) => other.created_at.localeCompare(one.created_at));
  return Response.json({ podcasts, places: {}, next_page_token: null, kept: true });
}

/** A kept file, or the part of it that a media element asks for (RFC 9110, section 14). @param {Request} request */
async function kept(request) {
  const found = await (await caches.open(KEPT)).match(request.url);
  if (!found) return new Response(null, { status: 404 });
  const [, first, last] = RANGE.exec(request.headers.get("Range") ?? "") ?? [];
  if (first === undefined) return found;
  const whole = await found.blob();
  const [from, to] = [Number(first), last ? Math.min(Number(last), whole.size - 1) : whole.size - 1];
  if (from >= whole.size) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  return new Response(whole.slice(from, to + 1), {
    status: 206,
    headers: {
      "Accept-Ranges": "bytes",
      "Content-Length": String(to - from + 1),
      "Content-Range": `bytes ${from}-${to}/${whole.size}`,
      "Content-Type": found.headers.get("Content-Type") ?? "application/octet-stream",
    },
  });
}
