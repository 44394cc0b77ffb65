// The token stands behind the # of the address: browsers never send that part, and neither a log nor a referrer gets it.
const token = location.hash.slice(1);
// Taken out of the address bar and the history before anything else.
history.replaceState(null, "", location.pathname);
const answer = await fetch("/api/open", {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-Unseen": "1" },
  body: JSON.stringify({ token }),
}).catch(() => null);
if (answer?.ok) {
  location.replace("/");
} else {
  const said = answer === null ? null : await answer.json().catch(() => null);
  const text = said === null ? "The review has ended. Start it again." : `${said.error}. ${said.next_step}`;
  document.getElementById("said").textContent = text;
}
