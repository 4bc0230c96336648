// Private pages with scripts: the list of rules ticks while typing, passwords can be shown, time can be extended.
// The server judges by the same rules when the form is sent; without this file nothing is lost but the comfort.
(() => {
  "use strict";
  const summary = document.querySelector("[data-summary]");
  if (summary) summary.focus();
  const page = document.querySelector("[data-page]");
  if (!page) return;
  const main = page.querySelector("[data-main]");
  const password = main.elements.password;
  const again = main.elements.again;

  function show() {
    const button = page.querySelector("[data-show]");
    if (!button) return;
    const labels = [button.textContent, button.dataset.hideLabel];
    const fields = main.querySelectorAll("input[type=password]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") === "true";
      fields.forEach((field) => { field.type = shown ? "password" : "text"; });
      button.setAttribute("aria-pressed", String(!shown));
      button.textContent = labels[shown ? 0 : 1];
    });
    // Browsers remember what text fields hold: back to hidden before the form leaves.
    main.addEventListener("submit", () => fields.forEach((field) => { field.type = "password"; }));
  }

  function tick(rules) {
    const list = page.querySelector("#rules");
    let open = 0;
    rules.forEach(({ rule, kept }) => {
      const item = list.querySelector(`[data-rule="${CSS.escape(rule)}"]`);
      if (!item) return;
      if (!kept) open += 1;
      item.dataset.kept = kept ? "yes" : "no";
      item.querySelector("[data-said]").textContent = ` (${kept ? list.dataset.kept : list.dataset.open})`;
    });
    const said = page.querySelector("[data-said-rules]");
    said.textContent = open === 0 ? `${page.querySelector("#rules-title").textContent} ${list.dataset.kept}` : "";
  }

  // Advice only: length and variety, with little credit for repetition.
  function strength(text) {
    const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
    const score = Math.min(text.length, new Set(text).size * 2) * (2.5 + kinds);
    return score < 50 ? "weak" : score < 85 ? "fair" : "strong";
  }

  function watch() {
    if (!password) return;
    const advice = page.querySelector("[data-strength]");
    const same = page.querySelector("[data-same]");
    let timer = 0;
    let turn = 0;
    const judge = async () => {
      const mine = (turn += 1);
      const body = new URLSearchParams({ form: main.elements.form.value, password: password.value });
      try {
        const answer = await fetch("/page/judge", { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.ok && mine === turn) tick((await answer.json()).rules);
      } catch { /* offline: the server judges when the form is sent */ }
    };
    const changed = () => {
      const text = password.value;
      advice.hidden = text === "";
      const edge = text !== text.trim() ? ` ${advice.dataset.edge}` : "";
      advice.querySelector("span").textContent = advice.dataset[strength(text)] + edge;
      same.hidden = text === "" || text !== again.value;
      clearTimeout(timer);
      timer = setTimeout(judge, 200);
    };
    password.addEventListener("input", changed);
    again.addEventListener("input", () => { same.hidden = password.value === "" || password.value !== again.value; });
  }

  function clock() {
    const box = page.querySelector("[data-time]");
    const text = box.querySelector("[data-time-text]");
    let end = Date.now() + Number(page.dataset.left) * 1000;
    // Says so in place: a reload would leave people with a page that they did not ask for.
    const over = () => {
      clearInterval(timer);
      main.querySelectorAll("input").forEach((field) => { if (field.type !== "hidden") field.value = ""; });
      page.hidden = true;
      const closed = document.querySelector("[data-over]");
      closed.hidden = false;
      closed.focus();
      document.title = closed.querySelector("h1").textContent;
    };
    const look = () => {
      const left = (end - Date.now()) / 1000;
      if (left <= 0) { over(); return; }
      if (left <= 120) {
        const words = left <= 60 ? box.dataset.one : box.dataset.two;
        if (text.textContent !== words) text.textContent = words;
        box.hidden = false;
      }
    };
    const timer = setInterval(look, 1000);
    const extend = box.querySelector("[data-extend]");
    if (!extend) return;
    extend.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(extend));
      try {
        const answer = await fetch(extend.action, { method: "POST", body, headers: { Accept: "application/json" } });
        const { left } = await answer.json();
        if (!left) { extend.hidden = true; return; }
        end = Date.now() + left * 1000;
        text.textContent = box.dataset.extended;
        setTimeout(() => { box.hidden = (end - Date.now()) / 1000 > 120; }, 4000);
      } catch { /* offline: the notice stays */ }
    });
  }

  // What was wrong is being mended: the mark goes with the first key.
  main.addEventListener("input", (event) => {
    const field = event.target;
    if (field.getAttribute("aria-invalid") !== "true") return;
    field.removeAttribute("aria-invalid");
    const fault = document.getElementById(`${field.id}-fault`);
    if (fault) fault.remove();
  });

  main.addEventListener("submit", (event) => {
    if (main.dataset.sent) { event.preventDefault(); return; }
    main.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => { delete main.dataset.sent; });
  show();
  watch();
  clock();
})();
