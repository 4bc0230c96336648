"use strict";
// One button at the end of the page; the chat itself lives in a frame of its own site.
const button = document.createElement("button");
button.type = "button";
button.textContent = settings.open;
button.setAttribute("aria-expanded", "false");
Object.assign(button.style, {
  position: "fixed", insetBlockEnd: "1rem", insetInlineEnd: "1rem", zIndex: "2147483646", minHeight: "48px",
  padding: "0.75rem 1.25rem", border: "2px solid #fff", borderRadius: "999px", font: "600 1rem/1.2 system-ui, sans-serif",
  color: "#fff", background: settings.accent, boxShadow: "0 4px 16px rgb(0 0 0 / 0.3)", cursor: "pointer",
});
let panel = null;

function open() {
  if (!panel) {
    panel = document.createElement("iframe");
    panel.title = settings.open;
    panel.src = settings.address;
    Object.assign(panel.style, {
      position: "fixed", insetBlockEnd: "5rem", insetInlineEnd: "1rem", zIndex: "2147483647", border: "0",
      width: "min(26rem, calc(100vw - 2rem))", height: "min(40rem, calc(100vh - 6.5rem))",
      borderRadius: "14px", boxShadow: "0 8px 40px rgb(0 0 0 / 0.35)", background: "Canvas",
    });
    document.body.append(panel);
  }
  panel.hidden = false;
  panel.style.display = "block";
  button.setAttribute("aria-expanded", "true");
  button.textContent = settings.close;
  panel.focus();
}

function close() {
  panel.style.display = "none";
  button.setAttribute("aria-expanded", "false");
  button.textContent = settings.open;
  button.focus();
}

button.dir = settings.direction;
button.addEventListener("click", () => (button.getAttribute("aria-expanded") === "true" ? close() : open()));
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") close(); });
document.body.append(button);
