import { expect, test } from 'vitest'
import { aimUpgrade } from './upgrade-request.ts'

const target = { host: 'demo.ctraderapi.com', port: 5035 }
const head = (...lines: readonly string[]): string =>
  ['GET /path?a=b HTTP/1.1', ...lines, '', ''].join('\r\n')

test('the host becomes that of the server, and the rest stays as it is', () => {
  const rest = ['Upgrade: websocket', 'X-Odd:  two  spaces ', 'Sec-WebSocket-Key: a:b==']
  expect(aimUpgrade(head('Host: 127.0.0.1:4711', ...rest), target)).toBe(
    head('Host: demo.ctraderapi.com:5035', ...rest),
  )
  expect(aimUpgrade(head('hOsT:127.0.0.1'), target)).toBe(head('hOsT: demo.ctraderapi.com:5035'))
})

test.each([
  [{ host: '::1', port: 5035 }, '[::1]:5035'],
  [{ host: '10.0.0.1', port: 443 }, '10.0.0.1'],
])('a host is named as in a URL: %j', (server, authority) => {
  expect(aimUpgrade(head('Host: a'), server)).toBe(head(`Host: ${authority}`))
})

test('an origin that is the recorder becomes the server, whatever stands first; that of a page stays', () => {
  const host = 'Host: localhost:4711'
  expect(aimUpgrade(head('Origin: https://LOCALHOST:4711', host), target)).toBe(
    head('Origin: https://demo.ctraderapi.com:5035', 'Host: demo.ctraderapi.com:5035'),
  )
  for (const origin of ['https://example.com', 'https://localhost', 'null']) {
    expect(aimUpgrade(head(`Origin: ${origin}`, host), target)).toContain(
      `\r\nOrigin: ${origin}\r\n`,
    )
  }
})

test('no extension is offered, also not in a header that goes on in the next line', () => {
  const offers = ['Sec-WebSocket-Extensions: permessage-deflate;', '\tclient_max_window_bits']
  const more = 'sec-websocket-extensions: x-other'
  expect(aimUpgrade(head('Host: a', ...offers, 'Upgrade: websocket', more), target)).toBe(
    head('Host: demo.ctraderapi.com:5035', 'Upgrade: websocket'),
  )
})
