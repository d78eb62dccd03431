// Runs before the first paint, so that a dark page never flashes white. A file of its own because
// the content security policy forbids inline scripts.
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem("meseta.theme");
  } catch (unavailable) {
    stored = null;
  }
  var dark = stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
})();
