// The demo's start page with scripts: news arrive by themselves, values can be copied, panels are tabs on a phone.
(() => {
  "use strict";
  const panels = document.querySelector("[data-feed]");
  if (!panels) return;
  document.documentElement.classList.add("scripted");
  let sent = Number(panels.dataset.nSent);
  let happened = Number(panels.dataset.nHappened);
  let current = "chat";

  function dress(part) {
    part.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = !navigator.clipboard; });
    part.querySelectorAll("[data-at]").forEach((time) => {
      time.textContent = new Date(Number(time.dataset.at)).toLocaleTimeString(document.documentElement.lang);
    });
  }

  function show(id) {
    current = id;
    document.querySelectorAll(".panel").forEach((panel) => panel.classList.toggle("current", panel.id === id));
    document.querySelectorAll("[data-tab]").forEach((tab) => {
      if (tab.dataset.tab === id) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
    });
    const badge = document.querySelector(`[data-badge="${id}"]`);
    badge.hidden = true;
    badge.textContent = "";
  }

  function mark(id, n) {
    if (id === current || n <= 0) return;
    const badge = document.querySelector(`[data-badge="${id}"]`);
    badge.textContent = String(Number(badge.textContent || 0) + n);
    badge.hidden = false;
  }

  document.addEventListener("click", async (event) => {
    const tab = event.target.closest("[data-tab]");
    if (tab && getComputedStyle(tab.parentElement).display !== "none") { event.preventDefault(); show(tab.dataset.tab); return; }
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.firstChild;
    const before = label.textContent;
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 1500);
  });

  // The sign-in, and the new password that it may ask for.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-sign-in], [data-change]");
    if (!form) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.ok) document.querySelector("[data-result]").innerHTML = (await answer.json()).html;
    form.elements.password.value = "";
    document.querySelector("[data-change] input[type=password]")?.focus();
  });

  async function look() {
    try {
      if (!document.hidden) {
        const answer = await fetch(`/demo/feed${location.search}`, { headers: { Accept: "application/json" } });
        if (answer.ok) {
          const news = await answer.json();
          if (news.n_sent !== sent) {
            mark("sent", news.n_sent - sent);
            sent = news.n_sent;
            const box = document.querySelector("[data-sent]");
            box.innerHTML = news.sent;
            dress(box);
          }
          if (news.n_happened !== happened) {
            happened = news.n_happened;
            const box = document.querySelector("[data-happened]");
            box.innerHTML = news.happened;
            dress(box);
          }
          document.dispatchEvent(new CustomEvent("ringing", { detail: news.ringing }));
          const code = document.querySelector("[data-code]");
          if (code && news.code) {
            code.textContent = news.code;
            code.parentElement.querySelector("[data-copy]").dataset.copy = news.code;
          }
        }
      }
    } catch { /* the server was stopped: keep what is shown */ }
    setTimeout(look, 1200);
  }

  // On a phone the choice is made once and then in the way.
  if (matchMedia("(max-width: 60rem)").matches && location.search.includes("person=")) {
    document.querySelector("[data-chooser]").open = false;
  }
  dress(document);
  show(wished());
  look();

  function wished() {
    const id = location.hash.slice(1);
    return document.querySelector(`.panel[id="${CSS.escape(id)}"]`) ? id : "chat";
  }
})();
