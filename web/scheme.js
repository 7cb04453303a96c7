// Dark or light before the first paint: a plain script, for a module would run too late and the page would flash.
{
  const light = matchMedia("(prefers-color-scheme: light)");
  const chosen = () => {
    try {
      return JSON.parse(localStorage.getItem("aethercast.scheme") ?? "null");
    } catch {
      return null; // storage may be switched off
    }
  };
  const show = () => (document.documentElement.dataset.scheme = chosen() ?? (light.matches ? "light" : "dark"));
  light.addEventListener("change", show);
  show();
}
