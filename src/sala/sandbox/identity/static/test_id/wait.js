// Asks every two seconds whether the app has answered; the page itself then leads on.
const waiting = document.querySelector("[data-state]");
async function ask() {
  try {
    const answer = await fetch(waiting.dataset.state, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).status !== "waiting") return location.reload();
  } catch {
    // The network is away for a moment: ask again.
  }
  setTimeout(ask, 2000);
}
if (waiting) setTimeout(ask, 2000);
