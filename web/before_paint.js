// What has to be known before the first paint, or the page would flash: dark or light, and the reader's language. A plain
// script, for a module would run too late.
{
  const LANGUAGES = ["en", "es", "fr", "de", "pt", "it"];
  const page = document.documentElement;
  const light = matchMedia("(prefers-color-scheme: light)");
  /** @param {string} name */
  const chosen = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`aethercast.${name}`) ?? "null");
    } catch {
      return null; // storage may be switched off
    }
  };
  const show = () => (page.dataset.scheme = chosen("scheme") ?? (light.matches ? "light" : "dark"));
  light.addEventListener("change", show);
  show();

  const wanted = [chosen("page_language"), ...navigator.languages].map((one) => String(one).split("-")[0].toLowerCase());
  page.lang = wanted.find((one) => LANGUAGES.includes(one)) ?? "en";
  if (page.lang !== "en") {
    page.dataset.words = "coming"; // frame.css keeps the English ones out of sight, until words.js has put others in their place
    void import(`./words/${page.lang}.js`).catch(() => {}); // which words.js then finds here
  }
}
