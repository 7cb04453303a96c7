/** The page without the net: worker.js holds its files. */

/**
 * Have the worker hold the page's own files, so that it starts without the net; also those that nobody has needed yet.
 * Its name alone is trusted as a script's (https://www.w3.org/TR/trusted-types/).
 *
 * @param {() => Promise<unknown>} loadRest
 */
export async function startOffline(loadRest) {
  if (!("serviceWorker" in navigator)) return;
  const { trustedTypes } = /** @type {any} */ (window);
  const worker = trustedTypes?.createPolicy("worker", { createScriptURL: () => "worker.js" }).createScriptURL("") ?? "worker.js";
  try {
    await navigator.serviceWorker.register(worker);
    const { active } = await navigator.serviceWorker.ready;
    await loadRest(); // first, for the worker lets go of whatever is not named
    const files = new Set([new URL(".", location.href).href]);
    new PerformanceObserver((loaded) => {
      const before = files.size;
      for (const { name } of loaded.getEntries()) if (isOwn(name)) files.add(name);
      if (files.size > before) active?.postMessage({ files: [...files] });
    }).observe({ type: "resource", buffered: true }); // what was loaded before, and whatever comes later
  } catch {
    // Private windows have no workers: everything goes on, with the net
  }
}

/** A file of the page, rather than an answer. @param {string} url */
function isOwn(url) {
  return url.startsWith(location.origin) && !/\/(api|files|kept)\/|\/opening\.json$/.test(url);
}
