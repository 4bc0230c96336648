// The chat in a browser with scripts: sends without leaving the page and shows answers as they come.
// Everything also works without this file. Nothing that a person types is stored anywhere.
(() => {
  "use strict";
  const chat = document.querySelector("[data-chat]");
  if (!chat) return;
  const log = chat.querySelector("[role=log]");
  const composer = chat.querySelector("[data-composer]");
  const field = composer.elements.text;
  const typing = chat.querySelector("[data-typing]");
  const status = chat.querySelector("[data-status]");
  const base = chat.dataset.chat;
  const sent = new Set();
  let end = chat.dataset.end;
  let wait = 1000;

  const keyboards = { digits: ["numeric", "one-time-code"], phone: ["tel", "tel"], email: ["email", "email"] };
  const nonce = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  // Scrolls this document alone: `scrollIntoView` would move the page around a frame as well.
  function inView(turn) {
    const box = chat.querySelector(".composer");
    const covered = getComputedStyle(box).position === "sticky" ? innerHeight - box.offsetHeight : innerHeight;
    const { top, bottom } = turn.getBoundingClientRect();
    const hidden = bottom + 16 - covered;
    if (hidden > 0) window.scrollBy(0, Math.min(hidden, top - 16));
  }

  function add(html, place) {
    end = place;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const turn = holder.content.firstElementChild;
    if (!turn || (turn.dataset.nonce && sent.has(turn.dataset.nonce))) return;
    if (log.querySelector(`[data-place="${CSS.escape(place)}"]`)) return;
    log.querySelectorAll(".resume").forEach((old) => old.remove());
    if (turn.dataset.input) {
      const lost = log.contains(document.activeElement) && document.activeElement !== log;
      log.querySelectorAll(".choices").forEach((old) => old.remove());
      const [mode, complete] = keyboards[turn.dataset.input] || ["text", "off"];
      field.inputMode = mode;
      field.autocomplete = complete;
      if (lost) log.focus({ preventScroll: true });
    }
    turn.classList.add("fresh");
    log.append(turn);
    if (turn.classList.contains("bot")) typing.hidden = true;
    inView(turn);
  }

  function listen() {
    const source = new EventSource(`${base}/events?after=${encodeURIComponent(end)}`);
    source.addEventListener("open", () => { status.textContent = ""; wait = 1000; });
    source.addEventListener("line", (event) => add(event.data, event.lastEventId));
    source.addEventListener("anew", () => { source.close(); location.reload(); });
    source.addEventListener("language", () => { source.close(); location.reload(); });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED && navigator.onLine) return;
      source.close();
      status.textContent = chat.dataset.offline;
      setTimeout(listen, wait);
      wait = Math.min(wait * 2, 15000);
    });
    window.addEventListener("pagehide", () => source.close(), { once: true });
  }

  function mine(text) {
    const turn = document.createElement("div");
    turn.className = "turn me fresh";
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    const who = document.createElement("span");
    who.className = "unseen";
    who.textContent = `${chat.dataset.you} `;
    bubble.append(who, text);
    turn.append(bubble);
    log.append(turn);
    inView(turn);
    return turn;
  }

  // The same nonce goes with every try, so that a message that did arrive counts once.
  async function deliver(action, data, turn) {
    for (let n = 0; n < 3; n += 1) {
      try {
        const answer = await fetch(action, { method: "POST", body: data, headers: { Accept: "application/json" } });
        if (answer.status === 403) { location.reload(); return; }
        if (answer.ok) return;
        if (answer.status < 500) break;
      } catch { /* offline: try again */ }
      await new Promise((done) => setTimeout(done, 800 * (n + 1)));
    }
    typing.hidden = true;
    if (!turn) return;
    turn.classList.add("failed");
    const again = document.createElement("button");
    again.className = "quiet";
    again.textContent = chat.dataset.again;
    again.addEventListener("click", () => { turn.classList.remove("failed"); again.remove(); status.textContent = ""; deliver(action, data, turn); });
    turn.append(again);
    status.textContent = chat.dataset.failed;
  }

  function send(form, button) {
    const data = new URLSearchParams(new FormData(form));
    if (button && button.name) data.set(button.name, button.value);
    const id = nonce();
    data.set("nonce", id);
    let text = "";
    if (form === composer) {
      text = field.value.trim();
      if (!text) { field.focus(); return; }
      field.value = "";
    } else if (button) {
      text = (button.querySelector(".label") || button).textContent.trim();
    }
    sent.add(id);
    const quiet = form.matches("[data-language], .resume");
    const turn = quiet ? null : mine(text);
    typing.hidden = false;
    if (form.matches(".choices, .resume")) {
      form.querySelectorAll("button").forEach((one) => { one.disabled = true; });
      if (matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
    }
    deliver(form.action, data, turn);
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches(".leave")) return;
    if (!event.target.action.endsWith("/say")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });

  // Lines that came while another tab was in front were not scrolled to.
  document.addEventListener("visibilitychange", () => {
    const newest = log.querySelector(".turn:last-of-type");
    if (!document.hidden && newest) inView(newest);
  });

  listen();
  const resume = log.querySelector(".resume");
  if (resume) send(resume, resume.querySelector("button"));
  const last = log.querySelector(".turn:last-of-type");
  if (last) inView(last);
})();
