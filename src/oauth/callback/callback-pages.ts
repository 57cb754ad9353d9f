/** How a login ended, as far as its page in the browser tells. */
export type CallbackOutcome = 'signed-in' | 'failed' | 'denied' | 'unfinished'

/** What a page of the callback listener is about. */
export type CallbackPage = CallbackOutcome | 'already-done' | 'not-accepted'

/** Makes the HTML of a page. It is given one fixed word and nothing that came from outside. */
export type CallbackPageRenderer = (page: CallbackPage) => string

/** What the icon of a page says. */
export type PageMood = 'good' | 'bad' | 'neutral'

const texts: Readonly<
  Record<CallbackPage, { status: number; mood: PageMood; title: string; text: string }>
> = {
  'signed-in': {
    status: 200,
    mood: 'good',
    title: 'You are signed in',
    text: 'The program that opened this page has its access now. You can close this tab.',
  },
  failed: {
    status: 500,
    mood: 'bad',
    title: 'Signing in failed',
    text: 'Access was allowed, but the program could not finish the login. It says why in its own window.',
  },
  denied: {
    status: 403,
    mood: 'bad',
    title: 'Access was declined',
    text: 'Nothing was shared and nothing has changed. You can close this tab, or start the login again.',
  },
  unfinished: {
    status: 202,
    mood: 'neutral',
    title: 'Still working',
    text: 'The login takes longer than usual. See the program that opened this page for how it ends.',
  },
  'already-done': {
    status: 409,
    mood: 'neutral',
    title: 'Already completed',
    text: 'This login has had its answer; each one is used only once. You can close this tab.',
  },
  'not-accepted': {
    status: 400,
    mood: 'bad',
    title: 'This link cannot be used',
    text: 'It does not belong to the login that is waiting, which goes on. Use the newest link the program printed.',
  },
}

const icons: Readonly<Record<PageMood, string>> = {
  good: '<path d="M7 12.5l3.4 3.4L17.2 9"/>',
  bad: '<path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>',
  neutral: '<path d="M12 7v5.5l3.5 2"/>',
}

const style = `
:root{color-scheme:light dark;--ground:#f3f5f8;--card:#fff;--line:#e2e6ec;--ink:#17202c;--soft:#566375;--good:#12805c;--bad:#b4322f;--neutral:#3d5a80}
@media (prefers-color-scheme:dark){:root{--ground:#10151c;--card:#19212b;--line:#2a3542;--ink:#eef2f7;--soft:#a3b0bf;--good:#4cc79c;--bad:#f08a84;--neutral:#8fb3dd}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:440px;padding:40px 36px 36px;background:var(--card);border:1px solid var(--line);border-radius:16px;text-align:center;box-shadow:0 12px 32px rgba(16,24,40,.08)}
svg{width:56px;height:56px;fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.good{color:var(--good)}.bad{color:var(--bad)}.neutral{color:var(--neutral)}
h1{margin:16px 0 8px;font-size:24px;line-height:1.25;font-weight:650;letter-spacing:-.01em}
p{margin:0;color:var(--soft)}
@media (max-width:480px){main{padding:32px 22px 28px}}
`.trim()

/** The page as HTML: fixed text, no scripts, nothing loaded from anywhere, light and dark. */
export const renderCallbackPage: CallbackPageRenderer = (page) => {
  const { mood, title, text } = texts[page]
  return renderPage({ mood, title, content: `<p>${text}</p>` })
}

/**
 * One card on a quiet ground: an icon for the mood, a title, and content.
 *
 * @param page its title and content are put in as they are: nothing from outside without escaping
 * @internal
 */
export function renderPage(page: {
  readonly mood: PageMood
  readonly title: string
  readonly content: string
  readonly style?: string
}): string {
  const { mood, title, content } = page
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}${page.style ?? ''}</style>
</head>
<body>
<main>
<svg class="${mood}" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/>${icons[mood]}</svg>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`
}

/** The HTTP status a page is sent with. */
export function statusOfCallbackPage(page: CallbackPage): number {
  return texts[page].status
}
