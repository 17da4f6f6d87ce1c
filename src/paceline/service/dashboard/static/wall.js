/* A wall that hears nothing says so: what stands there is then older than it looks. It begins anew when it can. */
"use strict";
(() => {
  const silentMs = 1000 * Number(document.querySelector("#wall").dataset.silentS);
  let silence = 0;
  let again = 0;
  const heard = () => {
    tell(false);
    clearTimeout(silence);
    silence = setTimeout(() => tell(true), silentMs);
  };
  const tell = (isCut) => {
    const told = document.querySelector("#cut");
    if (told) told.hidden = !isCut;
    document.body.classList.toggle("cut", isCut);
    clearTimeout(again);
    if (isCut) again = setTimeout(beginAnew, silentMs);
  };
  /* A stream that never began is not tried again by itself; a page that cannot be had is not asked for. */
  const beginAnew = async () => {
    try {
      if ((await fetch("/healthz")).ok) return location.reload();
    } catch {
      // not yet
    }
    again = setTimeout(beginAnew, silentMs);
  };
  document.addEventListener("htmx:error", () => tell(true));
  document.addEventListener("htmx:sse:error", () => tell(true));
  document.addEventListener("htmx:sse:after:message", heard);
  heard();
})();
