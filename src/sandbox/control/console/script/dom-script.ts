/** Making elements, and changing those there are into what they should be. */
export const domScript = `
export const at = (id) => document.getElementById(id)

/** An element with text or other elements in it. */
export function el(name, given, ...inside) {
  const { act, ...attributes } = given || {}
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value)
  if (act) made.act = act
  for (const one of inside.flat()) made.append(one === null || one === undefined ? '' : one)
  return made
}

export const button = (text, act, label, kind) => el('button', { type: 'button', class: kind || 'small', act, 'aria-label': label }, text)
export const tag = (text, kind) => el('span', { class: 'tag ' + (kind || '') }, text)
export const host = (name) => tag(name, name)
export const td = (text, kind) => el('td', { class: kind }, text)
/** Several cells of buttons and the like in one. */
export const hands = (...inside) => el('td', { class: 'act' }, el('span', { class: 'hands' }, ...inside.filter((one) => one !== '')))
export const row = (key, ...cells) => el('tr', { 'data-key': String(key) }, ...cells)

// What a button does is kept with the button: it changes when the list is refreshed, the button stays.
document.addEventListener('click', (event) => {
  const pressed = event.target.closest('button')
  if (pressed && pressed.act) pressed.act()
})

/** Makes an element like another one, touching only what differs: what is focused, hovered or selected stays. */
function morph(old, fresh) {
  if (old.nodeType === 3) {
    if (old.data !== fresh.data) old.data = fresh.data
    return
  }
  old.act = fresh.act
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]]
  for (const [index, child] of after.entries()) {
    const one = before[index]
    if (one === undefined) old.append(child)
    else if (one.nodeName === child.nodeName) morph(one, child)
    else one.replaceWith(child)
  }
  for (const one of before.slice(after.length)) one.remove()
}

/** Makes the children of an element those wanted; the same data-key is the same child. */
export function reconcile(parent, wanted) {
  const known = new Map([...parent.children].map((one) => [one.dataset.key, one]))
  const held = [...parent.children].findIndex((one) => one.contains(document.activeElement))
  let place = parent.firstElementChild
  for (const fresh of wanted) {
    const old = known.get(fresh.dataset.key)
    known.delete(fresh.dataset.key)
    if (old === undefined) {
      parent.insertBefore(fresh, place)
      continue
    }
    morph(old, fresh)
    if (old === place) place = place.nextElementSibling
    else parent.insertBefore(old, place)
  }
  const lost = [...known.values()].some((one) => one.contains(document.activeElement))
  for (const one of known.values()) one.remove()
  if (lost) focusNear(parent, held)
}

/** Who had the focus in a line that is gone finds it in the next one, or at the heading. */
function focusNear(parent, index) {
  const line = parent.children[Math.min(index, parent.children.length - 1)]
  const next = line && line.querySelector('button, a, input, select')
  const target = next || parent.closest('section').querySelector('h2')
  target.focus({ preventScroll: true })
}

/** Tells each cell the name of its column, for narrow screens, where a row is a little card. */
export function named(body, line) {
  const titles = body.parentElement.tHead.rows[0].cells
  for (const [index, one] of [...line.cells].entries()) {
    if (titles[index] && !one.classList.contains('act')) one.dataset.name = titles[index].textContent
  }
  return line
}

/** Shows a list, or says that there is nothing. */
export function fill(id, lines, empty) {
  const list = at(id)
  const table = list.closest('.scroll')
  if (table) for (const line of lines) named(list, line)
  // Shown before it is filled and hidden afterwards, so that the focus is not lost.
  if (table && lines.length > 0) table.hidden = false
  reconcile(list, lines)
  if (table && lines.length === 0) table.hidden = true
  setText(at(id + '-empty'), lines.length === 0 ? empty : '')
  setText(at(id + '-count'), String(lines.length))
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** Keeps a list of choices up to date, and what was chosen. */
export function offer(select, choices) {
  const wanted = choices.map(([value, text]) => value + ' ' + text).join()
  if (select.dataset.offered === wanted) return
  const chosen = select.value
  select.dataset.offered = wanted
  select.replaceChildren(...choices.map(([value, text]) => el('option', { value }, text)))
  if (choices.some(([value]) => value === chosen)) select.value = chosen
}

/** The same for every list of that name. */
export function offerAll(name, choices) {
  for (const select of document.querySelectorAll('select[data-list="' + name + '"]')) {
    const { all } = select.dataset
    offer(select, all === undefined ? choices : [['', all], ...choices])
  }
}
`
