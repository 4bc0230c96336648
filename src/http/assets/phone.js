// The demo's telephone: plays what the network hands it, as text and aloud, and sends keys back.
(() => {
  "use strict";
  const phone = document.querySelector("[data-phone]");
  if (!phone) return;
  const words = phone.dataset;
  const heard = phone.querySelector("[data-heard]");
  const rings = phone.querySelector("[data-rings]");
  const aloud = phone.querySelector("[data-aloud]");
  const keys = [...phone.querySelectorAll("[data-key]")];
  const call = phone.querySelector("[data-call]");
  const hangUp = phone.querySelector('[data-leave="hang_up"]');
  // Whoever reads needs longer than whoever listens.
  const PATIENCE = 4;
  // Of each pause when nothing is spoken.
  const HASTE = 0.2;

  let line = null;      // the call that is open
  let wait = null;      // { most, ends, entry, timer } while keys are waited for
  let turn = 0;         // counts what is played; an older playing stops

  function note(text, kind) {
    const p = document.createElement("p");
    p.textContent = text;
    if (kind) p.className = kind;
    heard.append(p);
    heard.scrollTop = heard.scrollHeight;
  }

  async function post(what, fields) {
    const body = new URLSearchParams(fields);
    const answer = await fetch(`/demo/phone/${what}`, { method: "POST", body, headers: { Accept: "application/json" } });
    return answer.ok ? answer.json() : null;
  }

  function open(id) {
    line = id;
    call.disabled = true;
    hangUp.disabled = false;
    keys.forEach((key) => { key.disabled = false; });
    rings.hidden = true;
  }

  function over(text) {
    line = null;
    turn += 1;
    stop();
    note(text, "note");
    call.disabled = false;
    hangUp.disabled = true;
    keys.forEach((key) => { key.disabled = true; });
  }

  function stop() {
    if (wait) clearTimeout(wait.timer);
    wait = null;
    if (window.speechSynthesis) speechSynthesis.cancel();
  }

  const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

  function speak(text, language) {
    return new Promise((done) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.lang = language;
      speech.rate = 0.95;
      speech.onend = done;
      speech.onerror = done;
      speechSynthesis.speak(speech);
    });
  }

  async function play(steps, mine) {
    for (const step of steps) {
      if (turn !== mine) return;
      if (step.say) {
        note(step.say.text);
        if (aloud.checked && window.speechSynthesis) await speak(step.say.text, step.say.language);
      } else if (step.pause) {
        await sleep(step.pause * 1000 * (aloud.checked ? 1 : HASTE));
      } else if (step.tones) {
        note(step.tones, "own");
      }
    }
  }

  async function hear(document_) {
    if (!document_) { over(words.lost); return; }
    const mine = ++turn;
    line = document_.line;
    await play(document_.steps, mine);
    if (turn !== mine) return;
    const end = document_.end;
    if (end === "over") { over(words.over); return; }
    if (end.connected !== undefined) { note(`${words.connected} ${end.connected}`); over(words.over); return; }
    if (end === "more") { await sleep(1000 * HASTE); if (turn === mine) send(null); return; }
    // The first key cuts the prompt short, and is the first of the entry.
    wait = { most: end.keys.most, ends: end.keys.ends, entry: "", timer: 0, seconds: end.keys.seconds };
    await play(end.keys.prompt, mine);
    if (turn === mine && wait && !wait.entry) listen();
  }

  function listen() {
    clearTimeout(wait.timer);
    wait.timer = setTimeout(() => finish(), wait.seconds * 1000 * PATIENCE);
  }

  function finish() {
    const entry = wait.entry;
    if (entry) note(`${words.keyed} ${entry}`, "own"); else note(words.silence, "own");
    send(entry || null);
  }

  async function send(entry) {
    const mine = ++turn;
    stop();
    const fields = { line };
    if (entry) fields.keys = entry;
    let answer = null;
    try { answer = await post("keys", fields); } catch { /* the server was stopped */ }
    if (turn === mine) await hear(answer);
  }

  function press(key) {
    if (!wait) return;
    if (window.speechSynthesis) speechSynthesis.cancel();
    if (wait.ends && key === "#") { finish(); return; }
    wait.entry += key;
    if (wait.entry.length >= wait.most) finish(); else listen();
  }

  phone.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.key) { press(button.dataset.key); return; }
    if ("call" in button.dataset) {
      heard.replaceChildren();
      open("");
      await hear(await post("dial", { tenant: words.tenant, person: words.person }));
    } else if ("answer" in button.dataset) {
      heard.replaceChildren();
      open(rings.dataset.line);
      await hear(await post("answer", { line: rings.dataset.line }));
    } else if (button.dataset.leave === "hang_up") {
      const left = line;
      over(words.over);
      await post("leave", { line: left, how: "hang_up" });
    } else {
      rings.hidden = true;
      await post("leave", { line: rings.dataset.line, how: button.dataset.leave });
    }
  });

  // Keys of the keyboard, while the telephone has the focus.
  phone.addEventListener("keydown", (event) => {
    if (!/^[0-9*#]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    press(event.key);
  });

  document.addEventListener("ringing", (event) => {
    const ringing = event.detail;
    if (!ringing || line !== null) { rings.hidden = true; return; }
    if (rings.hidden || rings.dataset.line !== ringing.line) {
      rings.dataset.line = ringing.line;
      rings.querySelector("[data-from]").textContent = ringing.shown;
      rings.querySelector("[data-from-said]").textContent = ringing.said;
      rings.hidden = false;
    }
  });
})();
