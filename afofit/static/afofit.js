// Enhancement only; every page is complete without it.
const form = document.querySelector("form.fitting");

// The summary of errors, a question or the result is where reading goes on.
if (!location.hash) document.querySelector("#errors[autofocus], #ask[autofocus], #result-h[autofocus]")?.focus();

// The key on the keyboard of a tablet says what Enter does here.
form?.querySelectorAll(".box input").forEach((box) => { box.enterKeyHint = "next"; });

const boxes = () => [...form.querySelectorAll(".box input")].filter((box) => box.offsetParent !== null && getComputedStyle(box).visibility !== "hidden");

// Enter walks down the limb and Shift+Enter up; Ctrl+Enter computes.
form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".box input")) return;
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) {
    form.requestSubmit();
    return;
  }
  const all = boxes();
  const next = all[all.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
  next?.focus();
  next?.select?.();
});

// The unit in which the first number was typed is remembered, so that a later switch is asked about.
const remember = (radios, box) => {
  const hidden = document.getElementById(box);
  if (hidden.value) return;
  const chosen = form.querySelector(`[name="${radios}"]:checked`);
  if (chosen) hidden.value = chosen.value;
};

// Leaving with values typed since the page came asks once.
let typed = false;
form?.addEventListener("input", (event) => {
  typed = true;
  const unit = event.target.closest(".unit");
  if (unit?.classList.contains("show-length")) remember("units.length", "entered_in");
  if (unit?.classList.contains("show-mass")) remember("units.mass", "entered_in_mass");
});
// The switch of the language leaves the page: it must ask as well.
document.addEventListener("submit", (event) => { if (!event.target.matches(".tongues")) typed = false; });
// draft.js says whether everything that was typed is stored; where it is, nothing is asked.
addEventListener("beforeunload", (event) => { if (typed && document.body.dataset.saved !== "true") event.preventDefault(); });

// What is only shown does not stand in a window for longer than a visit lasts; what somebody types stays.
const over = document.getElementById("over");
if (over && !form) {
  let touched = false;
  addEventListener("input", () => { touched = true; });
  setTimeout(() => {
    if (touched) return;
    const main = document.getElementById("main");
    main.replaceChildren(over.content.cloneNode(true));
    document.title = "afofit";
    main.focus();
  }, 1000 * over.dataset.seconds);
}
