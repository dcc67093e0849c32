// ruleid: kept-in-the-browser
localStorage.setItem("name", name);
// ruleid: kept-in-the-browser
window.sessionStorage.name = name;
// ruleid: kept-in-the-browser
document.cookie = "name=" + name;
// ok: kept-in-the-browser
history.replaceState(null, "", answer.address);

// ruleid: html-from-a-string
note.innerHTML = answer.note;
// ruleid: html-from-a-string
note.insertAdjacentHTML("beforeend", answer.note);
// ok: html-from-a-string
note.textContent = answer.note;

// ruleid: code-from-a-string
eval(answer.code);
// ruleid: code-from-a-string
setTimeout("save()", 1000);
// ok: code-from-a-string
setTimeout(save, 1000);

// ruleid: sent-elsewhere
fetch("https://elsewhere.example/", { method: "POST" });
// ruleid: sent-elsewhere
navigator.sendBeacon(address, body);
// ok: sent-elsewhere
fetch(form.dataset.live, { method: "POST" });
// ok: sent-elsewhere
fetch("/fittings", { method: "POST" });
