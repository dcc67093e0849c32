// Keeps the form of somebody signed in on the server while it is filled. Without it, the button "Save draft" does.
const draft = document.querySelector("form.fitting[data-visit]");
const WAIT_MS = 2000, ANSWER_MS = 20000, LEAVE_MS = 1500, LONGEST_S = 30, WARN_S = 120;
const JSON_ONLY = { Accept: "application/json" };

let dirty = "unsaved" in draft.dataset; // something typed is not stored
let saving = null;                      // the save under way
let asked = Boolean(document.querySelector("#draft-asked > *")); // a question has to be answered first
let out = false;                        // nobody is signed in
let leaving = false;
let sent = false;                       // the form itself is on its way: a save behind it would bring the draft back
let tries = 0;
let said = "";
let savedAt = draft.dataset.savedAt || "";
let saveTimer, backTimer, warnTimer, endTimer;

// What is typed and chosen, without the marks that change with every save.
const MARKS = ["csrf_token", "version"];
const content = () => {
  const fields = new URLSearchParams(new FormData(draft));
  for (const name of MARKS) fields.delete(name);
  return String(fields);
};
let keptText = dirty ? "" : content();
let sentText = "";

const mark = (name) => draft.querySelector(`input[type=hidden][name="${name}"]`);

// Moments come in UTC; a person reads the clock on the wall.
const local = (root) => {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.dateTime), today = moment.toDateString() === new Date().toDateString();
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const day = today ? {} : { day: "numeric", month: "short", year: "numeric" };
    time.textContent = moment.toLocaleString(document.documentElement.lang, { ...day, ...clock });
  }
};

// One line above the form, spoken once.
const say = (kind, moment) => {
  if (kind === said) return;
  said = kind;
  const region = document.getElementById("draft-said");
  region.replaceChildren();
  if (!kind) return;
  region.append(document.querySelector(`template[data-said="${kind}"]`).content.cloneNode(true));
  for (const time of region.querySelectorAll("time[data-moment]")) {
    time.dateTime = moment;
    time.dataset.local = "";
  }
  local(region);
};

const told = () => { document.body.dataset.saved = String(!dirty && !saving); };

const later = (milliseconds) => {
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, milliseconds);
};

const post = (keepalive) => {
  const body = new URLSearchParams(new FormData(draft));
  body.set("keep", "draft");
  sentText = content();
  return fetch(draft.getAttribute("action"), {
    method: "POST", body, headers: JSON_ONLY, redirect: "manual", keepalive, signal: AbortSignal.timeout(ANSWER_MS),
  });
};

const stored = (answer) => {
  mark("version").value = answer.version;
  savedAt = answer.saved_at;
  keptText = sentText;
  for (const note of document.querySelectorAll(".draft-note")) {
    // nosemgrep: html-from-a-string  A template of the service, which escapes.
    note.innerHTML = answer.note;
    local(note);
  }
  // Loading the page again, or changing its language, comes back to this draft.
  history.replaceState(null, "", answer.address);
  for (const box of document.querySelectorAll("form:not(.fitting) [name=to]")) box.value = answer.address;
  say(tries || said === "out" ? "again" : said === "stays" ? said : "");
  tries = 0;
  ends(answer.seconds);
  if (dirty) later(WAIT_MS);
};

const question = (html) => {
  asked = dirty = true;
  say("asked");
  const region = document.getElementById("draft-asked");
  // nosemgrep: html-from-a-string  The same.
  region.innerHTML = html;
  local(region);
};

const lost = () => {
  dirty = true;
  tries += 1;
  say(savedAt ? "lost" : "never", savedAt);
  later(1000 * Math.min(LONGEST_S, 2 ** tries));
};

const heard = async (answer, renewed) => {
  if (answer.ok) return stored(await answer.json());
  dirty = true;
  if (answer.status === 401 || answer.type === "opaqueredirect") return signedOut();
  if (answer.status === 403) return say("refused");
  if (answer.status === 404 || answer.status === 409) return question((await answer.json()).said);
  if (answer.status !== 400 || renewed) return lost();
  // Somebody signed in anew since the page was made: its token is of the visit before.
  return (await renew()) ? heard(await post(false), true) : signedOut();
};

const save = (keepalive = false) => {
  clearTimeout(saveTimer);
  if (!saving && !asked && !out) {
    dirty = false;
    saving = post(keepalive === true).then(heard).catch(lost).finally(() => { saving = null; told(); });
    told();
  }
  return saving;
};

// Ask for the time that is left and a token that holds; false where nobody is signed in.
const renew = async () => {
  const answer = await fetch(draft.dataset.visit, { headers: JSON_ONLY, redirect: "manual" });
  if (!answer.ok) return false;
  const visit = await answer.json();
  for (const box of document.querySelectorAll("[name=csrf_token]")) box.value = visit.csrf_token;
  ends(visit.seconds);
  return true;
};

const signedOut = () => {
  out = true;
  say("out");
  clearTimeout(warnTimer);
  clearTimeout(endTimer);
  tries = 0;
  backTimer = setTimeout(back, 5000);
};

const back = async () => {
  clearTimeout(backTimer);
  if (!out) return;
  if (await renew().catch(() => false)) {
    out = false;
    if (dirty) return save();
    return say("again");
  }
  tries += 1;
  backTimer = setTimeout(back, 1000 * Math.min(LONGEST_S, 5 + 2 ** tries));
};

let endsAt = "";
const ends = (seconds) => {
  clearTimeout(warnTimer);
  clearTimeout(endTimer);
  endsAt = new Date(Date.now() + seconds * 1000).toISOString();
  warnTimer = setTimeout(() => say("ending", endsAt), 1000 * Math.max(0, seconds - WARN_S));
  endTimer = setTimeout(signedOut, 1000 * (seconds + 1));
};

document.getElementById("draft-said").addEventListener("click", async (event) => {
  if (!event.target.matches("[data-stay]")) return;
  const here = await renew().catch(() => null);
  if (here === false) signedOut();
  if (!here) return;
  const last = Date.parse(endsAt) - Date.now() <= WARN_S * 1000;
  if (last) clearTimeout(warnTimer);
  say(last ? "last" : "stays", endsAt);
});

// Leaving a box says "change" once more for what its typing said already.
const changed = () => {
  if (!saving && !tries && !out && content() === keptText) {
    dirty = false;
    clearTimeout(saveTimer);
    return told();
  }
  dirty = true;
  told();
  if (!tries && !out) later(WAIT_MS);
};
// What stands in a field as the server words it: the first reading, or the answers that are chosen.
const standing = (field) => {
  const box = field.querySelector(".box input"), list = field.querySelector("select");
  if (box) return box.value;
  const chosen = list ? [...list.selectedOptions].filter((one) => one.value)
    : [...field.querySelectorAll("input:checked")].filter((one) => one.value).map((one) => one.labels[0]);
  return chosen.map((one) => one.textContent.trim()).join(", ");
};
draft.addEventListener("input", (event) => {
  const field = event.target.closest(".field"), was = field?.querySelector(".was");
  if (was) was.hidden = standing(field) === was.dataset.was;
});

draft.addEventListener("input", changed);
draft.addEventListener("change", changed);

// What is sent must not be overtaken by a save that is still under way.
draft.addEventListener("submit", (event) => {
  clearTimeout(saveTimer);
  sent = !saving || leaving;
  if (sent) return;
  event.preventDefault();
  const button = event.submitter;
  Promise.race([saving, new Promise((done) => setTimeout(done, LEAVE_MS))]).finally(() => {
    leaving = true;
    draft.requestSubmit(button);
    leaving = false;
  });
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") { if (dirty && !tries && !sent) save(true); } else back();
});
addEventListener("pageshow", () => { sent = false; });
addEventListener("focus", back);
addEventListener("online", () => { if (tries && !out) save(); });

local(document);
ends(Number(draft.dataset.seconds));
told();
if (dirty && !asked) later(WAIT_MS);
