import type { CheckedWebLoginOptions } from './options.ts'
import { statusOfPage, type WebLoginPage } from './pages.ts'

const headers: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

/** Sends the browser to another address, which takes the place of this one in its history. */
export function goTo(location: string, cookie?: string): Response {
  const answer = new Response(null, {
    status: 303,
    headers: { ...headers, 'Referrer-Policy': 'no-referrer', Location: location },
  })
  if (cookie !== undefined) answer.headers.append('Set-Cookie', cookie)
  return answer
}

/** A page. Its form may only be sent to this site, and nothing of it tells other sites where it was. */
export function showPage(
  options: CheckedWebLoginOptions,
  page: Omit<WebLoginPage, 'returnPath'> & { readonly returnPath?: string },
  more: { readonly cookie?: string; readonly allow?: string } = {},
): Response {
  const html = options.renderPage({ returnPath: options.returnPath, ...page })
  const answer = new Response(html, {
    status: statusOfPage(page.name),
    headers: {
      ...headers,
      'Content-Type': 'text/html; charset=utf-8',
      // With "no-referrer" browsers would send the form without its origin.
      'Referrer-Policy': 'same-origin',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    },
  })
  if (more.cookie !== undefined) answer.headers.append('Set-Cookie', more.cookie)
  return answer
}

/** The answer to a method that is not served. A look ahead must not use anything up. */
export function wrongMethod(allow: string): Response {
  return new Response(`Only ${allow} is served here.\n`, {
    status: 405,
    headers: { ...headers, Allow: allow, 'Content-Type': 'text/plain; charset=utf-8' },
  })
}
