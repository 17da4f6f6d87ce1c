/* What somebody sees while an order is on its way, and when no answer comes: a stop is tried for a minute and longer. */
"use strict";
(() => {
  const PATIENCE_MS = 1500;
  const ON_ITS_WAY = "Still being sent: no answer yet. Closing this does not take it back.";
  const UNKNOWN = "No answer came from paceline, so this page does not know whether it was done. Look at the audit trail before you send it again.";
  const AWAY = "No answer came from paceline. Nothing was changed by this; try again.";

  const orders = new Map();
  const formOf = (ctx) => ctx?.sourceElement?.closest?.("form");
  const isOrder = (ctx) => formOf(ctx) && ctx.request?.method !== undefined && ctx.request.method !== "GET";
  const clear = (form) => { for (const old of form.querySelectorAll(":scope > [data-sending]")) old.remove(); };

  /* The place is there before its words are, so that they are read aloud. */
  const tell = (form, role, look, words) => {
    clear(form);
    const line = document.createElement("p");
    line.setAttribute("role", role);
    line.className = look;
    line.dataset.sending = "";
    form.append(line);
    requestAnimationFrame(() => { line.textContent = words; });
  };
  const ended = (ctx) => {
    clearTimeout(orders.get(ctx));
    orders.delete(ctx);
  };

  document.addEventListener("htmx:before:request", (event) => {
    const ctx = event.detail.ctx;
    if (!isOrder(ctx)) return;
    clear(formOf(ctx));
    orders.set(ctx, setTimeout(() => tell(formOf(ctx), "status", "outcome", ON_ITS_WAY), PATIENCE_MS));
  });
  document.addEventListener("htmx:finally:request", (event) => ended(event.detail.ctx));
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    const told = document.querySelector("#told");
    ended(ctx);
    if (isOrder(ctx)) {
      if (formOf(ctx).isConnected) tell(formOf(ctx), "alert", "outcome bad", UNKNOWN);
      else if (told) told.textContent = UNKNOWN;
    } else if (told && ctx?.sourceEvent?.type === "click") told.textContent = AWAY;
  });
  document.addEventListener("htmx:after:swap", () => {
    const told = document.querySelector("#told");
    if (told?.textContent === AWAY) told.textContent = "";
  });
})();
