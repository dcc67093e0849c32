// The print buttons: without script they stay away, and a sentence names the browser's own command.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const hint of document.querySelectorAll("[data-print-hint]")) hint.hidden = true;
