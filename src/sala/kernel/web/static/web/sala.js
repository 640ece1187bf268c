// Comfort that pages do without: every page works when this file never loads.
const body = document.body;

// The list of errors is what a person must meet first.
document.querySelector("[data-focus]")?.focus();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// --- what was typed comes back ------------------------------------------------------------------
// Drafts stay in this tab's own storage, under a key that only the same person gets again.
const KEPT_TYPES = new Set(["text", "search", "email", "tel", "url", "number", "date", "radio", "checkbox", "textarea", "select-one", "select-multiple"]);
const STORE = "sala.draft";

function forms() {
  return [...document.querySelectorAll("main form")].filter((form) => form.method === "post" && !("noDraft" in form.dataset));
}

function kept(form) {
  return [...form.elements].filter((field) => field.name && KEPT_TYPES.has(field.type) && field.autocomplete !== "off");
}

function keepDraft(ended) {
  const filled = forms().map((form) =>
    kept(form).map((field) => ({
      name: field.name,
      value: field.type === "select-multiple" ? [...field.selectedOptions].map((option) => option.value) : field.value,
      on: field.checked ?? null,
    })),
  );
  if (!filled.some((fields) => fields.length)) return;
  sessionStorage.setItem(STORE, JSON.stringify({ person: body.dataset.person, path: location.pathname, filled, ended }));
}

function fill(form, fields) {
  for (const { name, value, on } of fields) {
    for (const field of kept(form).filter((one) => one.name === name)) {
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.value === value) field.checked = on;
      } else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = value.includes(option.value);
      } else if (!field.value || field.type === "select-one") {
        field.value = value;
      }
    }
  }
}

function bringBack() {
  const draft = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
  if (!draft) return;
  if (!body.dataset.person) {
    // A page without a person: signing in again. From now on the draft is one to bring back.
    sessionStorage.setItem(STORE, JSON.stringify({ ...draft, ended: true }));
    return;
  }
  if (!draft.ended || draft.person !== body.dataset.person) {
    sessionStorage.removeItem(STORE);
    return;
  }
  if (draft.path !== location.pathname) return;
  sessionStorage.removeItem(STORE);
  forms().forEach((form, at) => draft.filled[at] && fill(form, draft.filled[at]));
  document.getElementById("draft-notice")?.removeAttribute("hidden");
}

bringBack();
document.addEventListener("submit", (event) => {
  if (body.dataset.person && forms().includes(event.target)) keepDraft(false);
});

// --- before the session ends ----------------------------------------------------------------------
const dialog = document.getElementById("idle-dialog");
const WARN_S = 120;
const LOOK_S = 20;

if (dialog && body.dataset.idleSeconds) {
  const left = dialog.querySelector("[data-left]");
  let endsAt = Date.now() + Number(body.dataset.idleSeconds) * 1000;
  let keptAt = Date.now();
  let usedAt = Date.now();

  const ask = async (method) => {
    try {
      const answer = await fetch(dialog.dataset.ping, {
        method,
        headers: { "X-CSRFToken": dialog.querySelector("[name=csrfmiddlewaretoken]").value, Accept: "application/json" },
      });
      const { signed_in: signedIn, seconds } = await answer.json();
      endsAt = signedIn ? Date.now() + seconds * 1000 : 0;
      if (method === "POST") keptAt = Date.now();
    } catch {
      // No network: the clock that we have goes on.
    }
  };
  const used = () => {
    usedAt = Date.now();
  };
  for (const kind of ["keydown", "pointerdown", "scroll"]) addEventListener(kind, used, { passive: true });
  document.body.addEventListener("htmx:afterRequest", () => {
    endsAt = Date.now() + Number(body.dataset.idleSeconds) * 1000;
  });

  let looking = 0;
  setInterval(async () => {
    const remaining = Math.round((endsAt - Date.now()) / 1000);
    if (dialog.open) {
      left.textContent = `${Math.floor(Math.max(remaining, 0) / 60)}:${String(Math.max(remaining, 0) % 60).padStart(2, "0")}`;
    } else if (usedAt > keptAt && Date.now() - keptAt > 60_000) {
      keptAt = Date.now();
      await ask("POST");
    }
    if (remaining <= WARN_S && Date.now() - looking > LOOK_S * 1000) {
      // Another tab may have kept the session in the meantime.
      looking = Date.now();
      await ask("GET");
    }
    const now = (endsAt - Date.now()) / 1000;
    if (now <= 0) {
      keepDraft(true);
      location.reload();
    } else if (now <= WARN_S && !dialog.open) {
      keepDraft(true);
      dialog.showModal();
    } else if (now > WARN_S && dialog.open) {
      dialog.close();
    }
  }, 1000);

  dialog.querySelector("[data-stay]").addEventListener("click", async () => {
    await ask("POST");
    dialog.close();
    sessionStorage.removeItem(STORE);
  });
  dialog.querySelector("[data-leave]")?.addEventListener("click", () => keepDraft(true));
}
