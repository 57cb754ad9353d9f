import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Nothing sticks out to the side. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number]
  expect(content).toBeLessThanOrEqual(window)
}

/** The control can be brought into view, and what is there is the control, not something that lies on top of it. */
export async function expectReachable(control: Locator): Promise<void> {
  await control.scrollIntoViewIfNeeded()
  // A trial click waits until the control is visible, stands still, and receives what is aimed at its middle.
  await control.click({ trial: true })
  const box = await control.boundingBox()
  const { width = 0 } = control.page().viewportSize() ?? {}
  expect(box?.x).toBeGreaterThanOrEqual(0)
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width)
  expect(box?.height).toBeGreaterThanOrEqual(20)
}

/** Everything that can be operated has a name that is read out. */
export async function expectNames(page: Page): Promise<void> {
  const tree = await page.locator('body').ariaSnapshot()
  const operable = tree.match(/- (?:button|checkbox|textbox|link|group|combobox)\b.*/g) ?? []
  expect(operable.length).toBeGreaterThan(0)
  for (const line of operable) expect(line).toMatch(/^- \w+ "[^"]+"/)
}

/** A picture of the page has something on it: more than one colour, and none that covers nearly everything. */
export async function expectPicture(page: Page): Promise<void> {
  const png = (await page.screenshot({ fullPage: true })).toString('base64')
  const blank = await page.context().newPage()
  const { colours, largest } = (await blank.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${png}'), (one) => one.charCodeAt(0))
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(picture.width, picture.height)
    const pen = canvas.getContext('2d')
    pen.drawImage(picture, 0, 0)
    const { data } = pen.getImageData(0, 0, picture.width, picture.height)
    const counts = new Map()
    for (let at = 0; at < data.length; at += 4) {
      const colour = data[at] * 65536 + data[at + 1] * 256 + data[at + 2]
      counts.set(colour, (counts.get(colour) ?? 0) + 1)
    }
    return { colours: counts.size, largest: Math.max(...counts.values()) / (data.length / 4) }
  })()`)) as { colours: number; largest: number }
  await blank.close()
  expect(colours).toBeGreaterThan(20)
  expect(largest).toBeLessThan(0.97)
}

/** Text stands out from what is behind it as much as WCAG 2.2 asks (4.5 to 1, large text 3 to 1). */
export async function expectContrast(page: Page): Promise<void> {
  const faint = (await page.evaluate(`(() => {
    const channel = (value) => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4)
    const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number)
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
    const behind = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const [r, g, b, alpha = 1] = numbers(getComputedStyle(at).backgroundColor)
        if (alpha === 1) return [r, g, b]
      }
      return [255, 255, 255]
    }
    const faint = []
    for (const element of document.body.querySelectorAll('*')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
      if (!own || element.closest('[aria-hidden=true], svg')) continue
      const style = getComputedStyle(element)
      const [one, other] = [light(numbers(style.color)), light(behind(element))]
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      const size = parseFloat(style.fontSize)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (large ? 3 : 4.5)) faint.push(element.textContent.trim().slice(0, 40) + ' ' + ratio.toFixed(2))
    }
    return faint
  })()`)) as string[]
  expect(faint).toEqual([])
}
