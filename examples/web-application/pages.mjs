import { html } from 'hono/html'

const layout = (title, content) => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:640px;margin:40px auto;padding:0 16px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:6px;border-bottom:1px solid #ddd}
button{font:inherit;padding:8px 16px}form{display:inline}</style></head>
<body><h1>${title}</h1>${content}</body></html>`

export const signInPage = () =>
  layout(
    'Sign in',
    // A real application checks a password here, or leaves it to somebody who does.
    html`<form method="post" action="/sign-in"><input name="user" required pattern="[a-z]{1,20}" placeholder="alice">
<button>Sign in</button></form>`,
  )

const words = {
  linked: 'Connected.',
  denied: 'Access was declined at cTrader.',
  declined: 'Nothing was connected.',
}

export const accountsPage = (user, outcome, grants) =>
  layout(
    `Accounts of ${user}`,
    html`<p>${words[outcome] ?? ''}</p>
${grants.map(
  ({ ctraderUserId, accounts, problem }) => html`<h2>cTrader ID ${ctraderUserId}</h2>
<table>${accounts.map(
    ({ login, broker, isLive, scope }) =>
      html`<tr><td>${login}</td><td>${broker}</td><td>${isLive ? 'live' : 'demo'}</td><td>${scope}</td></tr>`,
  )}</table><p>${problem ?? ''}</p>
<form method="post" action="/unlink"><input type="hidden" name="id" value="${ctraderUserId}"><button>Disconnect</button></form>
<form method="post" action="/ctrader/login"><input type="hidden" name="renew" value="${ctraderUserId}">
<button>Connect again</button></form>`,
)}
<h2>Connect a cTrader ID</h2>
<form method="post" action="/ctrader/login"><button name="scope" value="accounts">To look at its accounts</button></form>
<form method="post" action="/ctrader/login"><button name="scope" value="trading">To trade as well</button></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>`,
  )
