// Dark or light before the first paint: a plain script, for a module would run too late and the page would flash.
document.documentElement.dataset.scheme = localStorage.getItem("aethercast.scheme")?.replaceAll('"', "") ?? "auto";
