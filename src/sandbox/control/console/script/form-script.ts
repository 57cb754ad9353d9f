/** Reading forms, and dialogs. */
export const formScript = `
import { at } from './dom.js'

const list = (text) => text.split(/[\\s,]+/).filter((one) => one !== '')
const number = (text) => (Number.isFinite(Number(text)) ? Number(text) : text)
const readers = {
  number,
  numbers: (text) => list(text).map(number),
  texts: list,
  json: (text) => {
    try {
      return JSON.parse(text)
    } catch {
      throw new Error('That is not JSON: ' + text)
    }
  },
  pairs: (text) => [...new URLSearchParams(text)],
}

/** What a form says, without what was left empty. A number that is none stays text: the API says so. */
export function read(form) {
  const fields = {}
  for (const control of form.elements) {
    const { name, type, value, checked, disabled } = control
    if (name === '' || disabled) continue
    if (type === 'checkbox') {
      if (checked) fields[name] = true
    } else if (value.trim() !== '') {
      const { type: kind } = control.dataset
      fields[name] = kind ? readers[kind](value.trim()) : value
    }
  }
  return fields
}

const wrong = (form, text) => { form.querySelector('.wrong').textContent = text }

/** Calls back with what was filled in. What is refused is said in the form, and everything stays as it was typed. */
export function onSubmit(form, work) {
  let busy = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (busy) return
    busy = true
    try {
      await work(read(form), form)
      wrong(form, '')
    } catch (error) {
      wrong(form, error.message)
    } finally {
      busy = false
    }
  })
}

/** Shows the fields that the chosen option needs. The others keep what was typed, and are not sent. */
export function fitFields(form, select) {
  const fit = () => {
    const needed = select.selectedOptions[0].dataset.fields.split(' ')
    for (const label of form.querySelectorAll('[data-field]')) {
      label.hidden = !needed.includes(label.dataset.field)
      label.querySelector('input, select').disabled = label.hidden
    }
  }
  select.addEventListener('change', fit)
  fit()
}

/** Opens a dialog. \`given\` are its fields, \`what\` the text that says what it is about. */
export function open(id, given, what) {
  const dialog = at(id)
  const form = dialog.querySelector('form')
  form.reset()
  const about = form.querySelector('[data-what]')
  if (about) about.textContent = what || ''
  const problem = form.querySelector('.wrong')
  if (problem) problem.textContent = ''
  for (const [name, value] of Object.entries(given || {})) form.elements[name].value = value ?? ''
  dialog.showModal()
  return dialog
}

/** What the dialog does when its form is sent; it stays open while that is refused. */
export function dialog(id, work) {
  const box = at(id)
  onSubmit(box.querySelector('form'), async (fields) => {
    await work(fields)
    box.close()
  })
}

for (const closer of document.querySelectorAll('[data-close]')) {
  closer.addEventListener('click', () => closer.closest('dialog').close())
}
// A form without a verb is only there to be read.
for (const form of document.querySelectorAll('dialog form')) form.addEventListener('submit', (event) => event.preventDefault())

/** Asks before something that cannot be taken back. */
export function sure(text, verb, work) {
  const box = open('sure', {}, text)
  const yes = box.querySelector('.first')
  yes.textContent = verb
  sure.work = work
}
dialog('sure', () => sure.work())
`
