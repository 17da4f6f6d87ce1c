/* What pages do without asking the server: dialogs, choosing many, the link by which one enters. */
"use strict";
(() => {
  let opener = null;

  /* A question that came in becomes a dialog; the focus goes in, and back when it closes. */
  const show = () => {
    const dialog = document.querySelector("#ask > dialog");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.querySelector("h2")?.focus();
    dialog.addEventListener("close", () => {
      const changed = dialog.querySelector("[data-changed]") !== null;
      dialog.remove();
      if (changed && document.querySelector("[data-reload-after]")) return location.reload();
      document.body.dispatchEvent(new Event("closed"));
      if (opener?.isConnected) opener.focus();
    });
  };
  document.addEventListener("htmx:config:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    if (source?.closest && !source.closest("#ask") && source.matches("a, button")) opener = source;
  });
  document.addEventListener("htmx:after:swap", show);

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    const dialog = close?.closest("#ask > dialog");
    if (dialog) {
      event.preventDefault();
      dialog.close();
    }
    const reload = event.target.closest("[data-reload]");
    if (reload) {
      event.preventDefault();
      location.reload();
    }
  });

  /* An open group of the menu closes when one goes elsewhere, or by Escape. */
  const closeMenu = (from) => {
    for (const open of document.querySelectorAll(".top details[open]")) {
      if (from && open.contains(from)) continue;
      const had = open.contains(document.activeElement);
      open.open = false;
      if (had && !from) open.querySelector("summary").focus();
    }
  };
  document.addEventListener("click", (event) => closeMenu(event.target));
  document.addEventListener("focusin", (event) => closeMenu(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenu(null);
  });

  /* Choosing many: the box in the head chooses all that are shown; how many are chosen is told. */
  const chosen = () => [...document.querySelectorAll("#rows input[name=campaign]")];
  const count = () => {
    const told = document.querySelector("#how-many");
    if (!told) return;
    const n = chosen().filter((box) => box.checked).length;
    told.textContent = n === 0 ? "None chosen" : `${n} chosen`;
    document.querySelector("#many")?.classList.toggle("some", n > 0);
    const all = document.querySelector("#choose-all");
    if (all) {
      all.checked = n > 0 && n === chosen().length;
      all.indeterminate = n > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.id === "choose-all") {
      for (const box of chosen()) box.checked = event.target.checked;
    }
    if (event.target.id === "choose-all" || event.target.name === "campaign") count();
  });
  document.addEventListener("htmx:after:swap", count);

  /* A slider says where it stands. */
  document.addEventListener("input", (event) => {
    const shows = event.target.dataset?.shows;
    if (shows) document.getElementById(shows).textContent = event.target.value;
  });

  /* The stream says that the session has ended. */
  document.addEventListener("left", () => location.assign("/enter"));

  /* What was broken off is said; the stream tries again by itself. */
  document.addEventListener("htmx:sse:error", () => document.querySelector("#standing")?.classList.add("away"));
  document.addEventListener("htmx:sse:after:connection", () => document.querySelector("#standing")?.classList.remove("away"));

  /* The link's secret stands behind the #: no server was told, until this form is sent. */
  const form = document.querySelector("#by-link");
  const secret = location.hash.slice(1);
  if (form && secret.startsWith("pl_")) {
    history.replaceState(null, "", location.pathname + location.search);
    form.elements.link.value = secret;
    form.hidden = false;
    form.requestSubmit();
  }
  count();
})();
