/**
 * The HTTP API, as the page uses it. Answers are JSON; errors are problem details (RFC 9457,
 * https://www.rfc-editor.org/rfc/rfc9457) with a stable `code`, and a `type` that says whose they are. Whatever stands
 * between may answer in the API's place, with any status: that is as good as no answer.
 */

/**
 * Types are those of the OpenAPI document, as `nox -s generated` writes them down.
 * @typedef {import("./api_types.js").WorkflowState} PodcastState
 * @typedef {import("./api_types.js").StageState} StageState
 * @typedef {import("./api_types.js").Source} Source
 * @typedef {import("./api_types.js").Podcast} Podcast
 * @typedef {import("./api_types.js").ListedPodcast} ListedPodcast
 * @typedef {import("./api_types.js").Accepted} Accepted
 * @typedef {import("./api_types.js").Segment} ScriptSegment
 * @typedef {import("./api_types.js").Engines} Engines
 * @typedef {import("./api_types.js").SegmentEdit} SegmentEdit
 */

import { answered, keyOf } from "./unanswered.js";

const TIMEOUT_MS = 15_000;
const UPLOAD_TIMEOUT_MS = 120_000;
/** The sound waits for it, and the place is known here, too. */
const PLACE_TIMEOUT_MS = 2_000;
/** It may be voiced meanwhile. */
const SAMPLE_TIMEOUT_MS = 40_000;
const ATTEMPTS = 3;
/** The most of a page of the list. */
export const MOST_LISTED = 100;
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);
const OURS = "urn:aethercast:problem:";

/** What went wrong, for a person and for a program. `status` is 0 where no answer came. */
export class ApiError extends Error {
  /** @param {string} code @param {string} message @param {number} status */
  constructor(code, message, status) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
  }

  /** Whether asking again would bring the same answer. */
  get final() {
    return this.status >= 400 && !RETRIED.has(this.status);
  }
}

export class Api {
  /** @param {string} base  "" for the page's own origin @param {() => string | null} key */
  constructor(base, key) {
    this.base = base;
    this.key = key;
  }

  /**
   * @param {import("./api_types.js").GenerateRequest} request
   * @param {boolean} [withSound]  whether the answer is to bring what the podcast begins with
   * @returns {Promise<Accepted>}
   */
  generate(request, withSound = false) {
    const how = { body: request, query: withSound ? "?opening=sound" : "", timeoutMs: UPLOAD_TIMEOUT_MS };
    return this.#make("/podcasts/generate", how);
  }

  /**
   * What a podcast of these choices begins with.
   * @param {import("./api_types.js").OpeningRequest} choices
   * @returns {Promise<import("./api_types.js").KeptOpening>}
   */
  opening(choices) {
    return this.#ask("POST", "/opening", "opening", { body: choices });
  }

  /**
   * The same, voiced now where it never was: how a voice sounds.
   * @param {import("./api_types.js").OpeningRequest} choices
   * @returns {Promise<import("./api_types.js").KeptOpening>}
   */
  sample(choices) {
    return this.#ask("POST", "/sample", "opening", { body: choices, timeoutMs: SAMPLE_TIMEOUT_MS, attempts: 1 });
  }

  /** Who may speak and write. @returns {Promise<Engines>} */
  engines() {
    return this.#ask("GET", "/engines", "speech");
  }

  /** What this key has used, day by day. @returns {Promise<import("./api_types.js").Usage>} */
  usage() {
    return this.#ask("GET", "/usage", "days");
  }

  /** @param {string} id @returns {Promise<Podcast>} */
  show(id) {
    return this.#ask("GET", `/podcasts/${encodeURIComponent(id)}`, "workflow_id");
  }

  /** @param {string} id @returns {Promise<import("./api_types.js").Script>} */
  script(id) {
    return this.#ask("GET", `/podcasts/${encodeURIComponent(id)}/segments`, "segments");
  }

  /**
   * @param {{q?: string, page_token?: string, limit?: number}} query
   * @returns {Promise<import("./api_types.js").Page>}
   */
  list(query) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
    const asked = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    return this.#ask("GET", `/podcasts?${asked}`, "podcasts");
  }

  /** @param {string} id @returns {Promise<import("./api_types.js").Stream>} */
  openStream(id) {
    return this.#ask("POST", `/podcasts/${encodeURIComponent(id)}/stream`, "stream_id");
  }

  /** Where the listener has come to, and what they keep. @param {string} id @returns {Promise<import("./api_types.js").PlaceAndMoments>} */
  place(id) {
    return this.#ask("GET", `/podcasts/${encodeURIComponent(id)}/place`, "position_ms", { attempts: 1, timeoutMs: PLACE_TIMEOUT_MS });
  }

  /** It goes on though the page is left. @param {string} id @param {number} position_ms @returns {Promise<import("./api_types.js").Place>} */
  keepPlace(id, position_ms) {
    return this.#ask("PUT", `/podcasts/${encodeURIComponent(id)}/place`, "position_ms", { body: { position_ms }, attempts: 1, keepalive: true });
  }

  /** @param {string} id @param {number} index  of a line of the script @returns {Promise<void>} */
  keepMoment(id, index) {
    return this.#ask("PUT", `/podcasts/${encodeURIComponent(id)}/moments/${index}`, null, { keepalive: true });
  }

  /** @param {string} id @param {number} index @returns {Promise<void>} */
  forgetMoment(id, index) {
    return this.#ask("DELETE", `/podcasts/${encodeURIComponent(id)}/moments/${index}`, null, { keepalive: true });
  }

  /** What its voices were given, and cost. @param {string} id @returns {Promise<import("./api_types.js").PodcastUsage>} */
  usageOf(id) {
    return this.#ask("GET", `/podcasts/${encodeURIComponent(id)}/usage`, "characters");
  }

  /** @returns {Promise<import("./api_types.js").Feeds>} */
  feeds() {
    return this.#ask("GET", "/feeds", "feeds");
  }

  /** @returns {Promise<import("./api_types.js").Feed>} */
  createFeed() {
    return this.#ask("POST", "/feeds", "url");
  }

  /** @returns {Promise<void>} */
  revokeFeeds() {
    return this.#ask("DELETE", "/feeds", null);
  }

  /** The same API with a share in the key's place. @param {string} share */
  sharedBy(share) {
    return new Api(this.base, () => share);
  }

  /** @param {string} id @param {number} days @returns {Promise<import("./api_types.js").Share>} */
  share(id, days) {
    return this.#ask("POST", `/podcasts/${encodeURIComponent(id)}/shares`, "token", { body: { days } });
  }

  /** @param {string} id @returns {Promise<import("./api_types.js").Shares>} */
  shares(id) {
    return this.#ask("GET", `/podcasts/${encodeURIComponent(id)}/shares`, "shares");
  }

  /** @param {string} id @param {string} share @returns {Promise<void>} */
  revokeShare(id, share) {
    return this.#ask("DELETE", `/podcasts/${encodeURIComponent(id)}/shares/${encodeURIComponent(share)}`, null);
  }

  /** @param {string} id @returns {Promise<Podcast>} */
  cancel(id) {
    return this.#ask("POST", `/podcasts/${encodeURIComponent(id)}/cancel`, "workflow_id");
  }

  /** It goes on though the page is left. @param {string} id @returns {Promise<void>} */
  delete(id) {
    return this.#ask("DELETE", `/podcasts/${encodeURIComponent(id)}`, null, { keepalive: true });
  }

  /** @param {string} id @param {string} title @returns {Promise<Podcast>} */
  rename(id, title) {
    return this.#ask("PATCH", `/podcasts/${encodeURIComponent(id)}`, "workflow_id", { body: { title } });
  }

  /** Keep edits of a draft. @param {string} id @param {SegmentEdit[]} segments @returns {Promise<Podcast>} */
  edit(id, segments) {
    return this.#ask("PATCH", `/podcasts/${encodeURIComponent(id)}/segments`, "workflow_id", { body: { segments }, headers: once(crypto.randomUUID()) });
  }

  /** Have a draft voiced, with its last edits. @param {string} id @param {SegmentEdit[]} segments @returns {Promise<Podcast>} */
  approve(id, segments) {
    return this.#ask("POST", `/podcasts/${encodeURIComponent(id)}/approve`, "workflow_id", { body: { segments }, headers: once(crypto.randomUUID()) });
  }

  /** A new podcast of a finished one's edited script. @param {string} id @param {SegmentEdit[]} segments @returns {Promise<Accepted>} */
  remake(id, segments) {
    return this.#make(`/podcasts/${encodeURIComponent(id)}/remake`, { body: { segments } });
  }

  /** A new podcast with more about a chapter, the first being 1. @param {string} id @param {number} chapter @returns {Promise<Accepted>} */
  moreAbout(id, chapter) {
    return this.#make(`/podcasts/${encodeURIComponent(id)}/continue`, { body: { chapter } });
  }

  /**
   * Have a podcast made, with the same idempotency key until there is an answer: a lost one makes no second podcast.
   * @param {string} path
   * @param {{body: object, query?: string, timeoutMs?: number}} more
   * @returns {Promise<Accepted>}
   */
  async #make(path, { query = "", ...more }) {
    const { digest, key } = await keyOf(`${path}\n${JSON.stringify(more.body)}`);
    try {
      const accepted = await this.#ask("POST", path + query, "cpoa_workflow_id", { ...more, headers: once(key) });
      answered(digest);
      return accepted;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.final) throw error;
      answered(digest);
      if (error.code !== "podcast_deleted") throw error;
      return this.#make(path, { query, ...more }); // it was made, and deleted elsewhere: this is another one
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {string | null} fact  what an answer has; null where it is empty
   * @param {{body?: object, headers?: Record<string, string>, timeoutMs?: number, keepalive?: boolean, attempts?: number}} [more]
   * @returns {Promise<any>}
   */
  async #ask(method, path, fact, { body, headers = {}, timeoutMs = TIMEOUT_MS, keepalive = false, attempts = ATTEMPTS } = {}) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#askOnce(method, path, fact, body, headers, timeoutMs, keepalive);
      } catch (error) {
        if (!(error instanceof ApiError) || error.final || attempt === attempts) throw error;
        await pause(200 * 2 ** attempt * (0.5 + Math.random() / 2));
      }
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {string | null} fact
   * @param {object | undefined} body
   * @param {Record<string, string>} headers
   * @param {number} timeoutMs
   * @param {boolean} keepalive
   */
  async #askOnce(method, path, fact, body, headers, timeoutMs, keepalive) {
    const key = this.key();
    const response = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: {
        ...(key ? { Authorization: `Bearer ${key}` } : {}),
        ...(body ? { "Content-Type": "application/json" } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(timeoutMs),
      keepalive,
    }).catch(() => null);
    const answer = response === null || response.status === 204 ? null : await response.json().catch(() => null);
    if (response?.ok && (fact === null ? response.status === 204 : answer?.[fact] !== undefined)) return answer;
    if (response && !response.ok && isOurs(response, answer)) {
      throw new ApiError(answer.code, answer.detail, response.status);
    }
    throw new ApiError("unreachable", "The server cannot be reached.", 0);
  }
}

/**
 * So many at least, where there are, as one page.
 * @param {Pick<Api, "list">} api @param {string} q @param {string | null} from  null for the first ones @param {number} least
 * @returns {Promise<import("./api_types.js").Page>}
 */
export async function pages(api, q, from, least) {
  const page = await api.list({ q, limit: Math.min(MOST_LISTED, least), page_token: from ?? undefined });
  const rest = least - page.podcasts.length;
  if (rest <= 0 || page.next_page_token === null) return page;
  const more = await pages(api, q, page.next_page_token, rest);
  return { ...more, podcasts: [...page.podcasts, ...more.podcasts], places: { ...page.places, ...more.places } };
}

/**
 * Whether the API itself says that something went wrong.
 * @param {Response} response
 * @param {any} answer
 */
function isOurs(response, answer) {
  const mediaType = response.headers.get("Content-Type")?.split(";")[0].trim();
  return mediaType === "application/problem+json" && answer?.type === OURS + answer?.code;
}

/** The same in every attempt at one thing, so that it is done once. @param {string} key */
const once = (key) => ({ "X-Idempotency-Key": key });

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
