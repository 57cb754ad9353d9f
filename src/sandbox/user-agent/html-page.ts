import { type HtmlControl, HtmlForm } from './html-form.ts'

/** What a person, and a form, get out of a page. */
export interface HtmlPage {
  readonly title: string
  /** The text of the body, white space collapsed. */
  readonly text: string
  /** What it says in its alert; undefined without one. */
  readonly alert: string | undefined
  readonly forms: readonly HtmlForm[]
}

const invisible = /<!--[\s\S]*?-->|<(script|style|template|head|title)\b[\s\S]*?<\/\1\s*>/gi
const anyTag = /<\/?[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi
const formElement = /<form\b((?:"[^"]*"|'[^']*'|[^"'>])*)>([\s\S]*?)<\/form\s*>/gi
const controlTag = /<(input|button)\b((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi
const attributePair = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g
const alertElement = /<(\w+)\b[^>]*\brole="?alert"?[^>]*>([\s\S]*?)<\/\1\s*>/i

/**
 * Reads a page well enough to walk through it: title, text and forms with inputs, checkboxes and buttons. Not a browser:
 * pages that build themselves with scripts have no forms here.
 */
export function parsePage(html: string): HtmlPage {
  const title = /<title\b[^>]*>([\s\S]*?)<\/title\s*>/i.exec(html)?.[1] ?? ''
  const body = html.replace(invisible, ' ')
  const alert = alertElement.exec(body)?.[2]
  return {
    title: plain(title),
    text: plain(body),
    alert: alert === undefined ? undefined : plain(alert),
    forms: [...body.matchAll(formElement)].map(([, attributes = '', content = '']) =>
      readForm(readAttributes(attributes), content),
    ),
  }
}

function readForm(attributes: ReadonlyMap<string, string>, content: string): HtmlForm {
  const controls: HtmlControl[] = []
  for (const [, tag = '', rest = ''] of content.matchAll(controlTag)) {
    const control = readControl(tag.toLowerCase(), readAttributes(rest))
    if (control !== undefined) controls.push(control)
  }
  const method = attributes.get('method')?.toLowerCase() === 'post' ? 'post' : 'get'
  return new HtmlForm(attributes.get('action') || undefined, method, controls)
}

function readControl(
  tag: string,
  attributes: ReadonlyMap<string, string>,
): HtmlControl | undefined {
  const name = attributes.get('name')
  if (name === undefined || attributes.has('disabled')) return undefined
  const type = attributes.get('type')?.toLowerCase()
  if (tag === 'button' || type === 'submit') {
    return { kind: 'button', name, value: attributes.get('value') ?? '', checked: false }
  }
  if (type === 'checkbox' || type === 'radio') {
    const checked = attributes.has('checked')
    return { kind: 'checkbox', name, value: attributes.get('value') ?? 'on', checked }
  }
  return { kind: 'value', name, value: attributes.get('value') ?? '', checked: false }
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', double, single, bare] of text.matchAll(attributePair)) {
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, decodeEntities(double ?? single ?? bare ?? ''))
  }
  return found
}

function plain(html: string): string {
  return decodeEntities(html.replace(anyTag, ' ')).replace(/\s+/g, ' ').trim()
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return named[name] ?? whole
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )
}
