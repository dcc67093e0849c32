// The live check: posts the form while it is filled and shows the answer. Never moves the focus, never alters a value.
{
  const form = document.querySelector("form.fitting");
  const live = document.getElementById("live");
  const [panel, head, status] = ["preview", "preview-at", "preview-said"].map((id) => document.getElementById(id));
  const [count, see] = [".dock .count", ".dock .see"].map((one) => document.querySelector(one));
  const QUIET = 800, SLOW = 400, SPEAK = 3000, AWAY = 10000;
  let waiting, speaking, spoken = 0, asked, pressed;

  const speak = (text) => {
    clearTimeout(speaking);
    if (text === status.textContent) return;
    speaking = setTimeout(() => { status.textContent = text; spoken = Date.now(); }, spoken + SPEAK - Date.now());
  };

  const ask = async (button) => {
    clearTimeout(waiting);
    asked?.abort();
    const mine = asked = new AbortController();
    // An answer may come too late to be shown; what was pressed is asked again until one was.
    pressed = button ?? pressed;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) body.append(name, value);
    if (pressed?.name === "confirm") body.append("confirm", pressed.value);
    const slow = setTimeout(() => { live.classList.add("old"); head.textContent = live.dataset.slow; }, SLOW);
    const away = setTimeout(() => mine.abort("away"), AWAY);
    try {
      const got = await fetch(form.dataset.live, { method: "POST", body, signal: mine.signal });
      const answer = new DOMParser().parseFromString(await got.text(), "text/html");
      if (!got.ok || !answer.getElementById("now")) throw got.status;
      show(answer);
    } catch {
      if (!mine.signal.aborted || mine.signal.reason === "away") fail();
    } finally {
      clearTimeout(slow);
      clearTimeout(away);
      if (asked === mine) { live.classList.remove("old"); head.textContent = ""; }
    }
  };

  const fail = () => {
    panel.textContent = live.dataset.failed;
    speak(live.dataset.failed);
  };

  const show = (answer) => {
    const now = answer.getElementById("now"), held = document.activeElement;
    const href = panel.contains(held) && held.getAttribute("href");
    panel.replaceChildren(...now.childNodes);
    if (href) panel.querySelector(`[href="${href}"]`)?.focus();
    speak(now.dataset.status);
    count.replaceChildren(...answer.getElementById("counted").childNodes);
    const news = new Map();
    for (const one of answer.querySelectorAll("[data-of]")) {
      const field = document.getElementById(one.dataset.of)?.closest(".field");
      if (field) news.set(field, one);
    }
    const told = [...form.querySelectorAll(".said, .other")].map((one) => one.closest(".field"));
    const name = pressed?.value.split("=")[0], box = name && form.elements[name];
    pressed = undefined;
    for (const field of new Set([...news.keys(), ...told])) {
      const at = document.activeElement, busy = field.contains(at) && at.matches("input, select");
      if (busy && !field.contains(box)) continue;
      tell(field, news.get(field));
      // A button that had the focus went with its message: go on at the one in its place, else at the box.
      if (!at.isConnected) (field.querySelector(`.said button[name=${at.name}]`) ?? field.querySelector(".box input"))?.focus();
    }
  };

  const filled = (field) => [...field.querySelectorAll("input, select")].some(
    (one) => /radio|checkbox/.test(one.type) ? one.checked : one.value);

  const tell = (field, news) => {
    const third = news?.querySelector(".third"), second = field.querySelector(".second");
    if (third && !field.querySelector(".third")) second.after(third);
    field.querySelector(":scope > .other")?.remove();
    const old = field.querySelector(":scope > .said"), said = news?.querySelector(".said");
    field.append(...(news?.querySelectorAll(".other") ?? []));
    // What Compute asked for stays asked for while the field is empty.
    if (old?.matches(".lacking") && !filled(field)) { field.append(old); return; }
    old?.remove();
    if (said) field.append(said);
    const state = said?.dataset.state ?? "";
    for (const kind of ["bad", "doubt"]) field.classList.toggle(kind, state === kind);
    const group = field.matches("fieldset") ? field : field.querySelector("fieldset");
    for (const one of [group, ...field.querySelectorAll(".box input, select")]) {
      if (!one) continue;
      const ids = (one.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.endsWith("-msg"));
      if (said) ids.push(said.id);
      if (ids.length) one.setAttribute("aria-describedby", ids.join(" "));
      else one.removeAttribute("aria-describedby");
      if (state === "bad" && one !== group) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  };

  if (form && live) {
    live.hidden = count.hidden = see.hidden = false;
    form.querySelector(".toc-part").open = false;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, QUIET); });
    form.addEventListener("change", () => ask());
    form.addEventListener("submit", () => { clearTimeout(waiting); asked?.abort(); });
    form.addEventListener("click", (event) => {
      const button = event.target.closest(".said button");
      if (!button) return;
      event.preventDefault();
      if (button.name === "apply") {
        const [name, value] = button.value.split("=");
        form.elements[name].value = value;
        form.elements[name].focus();
        form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
      }
      ask(button);
    });
    ask();
  }
}
