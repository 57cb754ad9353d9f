import { html, raw } from 'hono/html'
import { style } from './style.ts'

export type Html = ReturnType<typeof html>

export interface LayoutOptions {
  /** For the tab and for whoever reads only that. */
  readonly title: string
  /** Without header and footer, for embedding. */
  readonly bare?: boolean
  readonly wide?: boolean
}

/** The page around a card. */
export function layout(options: LayoutOptions, content: Html): Html {
  const header = html`<header>
  ${mark} <span>cTrader</span> <span class="note">Sandbox</span>
</header>`
  const footer = html`<footer>A local imitation for development. It is not cTrader, and nothing here is real money.</footer>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${options.title} · cTrader sandbox</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${raw(style)}</style>
</head>
<body class="${options.bare ? 'bare' : options.wide ? 'wide' : ''}">
${options.bare ? '' : header}
<main><div class="card">
${content}
</div></main>
${options.bare ? '' : footer}
</body>
</html>
`
}

/** The sandbox's own sign: a rising line in a box. */
export const markSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#0b6e63"/><path d="M7 21l6-6 4 4 8-9" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/><circle cx="25" cy="10" r="2.6" fill="#9ff0e3"/></svg>'

const mark = raw(markSvg)
