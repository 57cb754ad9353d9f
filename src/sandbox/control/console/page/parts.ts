import { html, raw } from 'hono/html'

export type Html = ReturnType<typeof html>

/** A box with a heading and, below its forms, a table that the script fills. */
export function part(given: {
  /** Of the table's body; heading and count are named after it. */
  readonly id: string
  readonly title: string
  /** Their names; `|n` aligns a column to the right. */
  readonly columns: readonly string[]
  readonly form?: Html
  /** Buttons beside the heading. */
  readonly side?: Html
  /** Whether the table scrolls by itself when it is long. */
  readonly tall?: true
}): Html {
  const { id, title, columns, form = '', side = '', tall } = given
  return box(
    { id, title, side, count: true },
    html`${form}
<div class="scroll${tall ? ' tall' : ''}" tabindex="0" role="region" aria-label="${title}" hidden><table>
<thead><tr>${columns.map(heading)}</tr></thead>
<tbody id="${id}"></tbody>
</table></div>
<p class="empty" id="${id}-empty"></p>`,
  )
}

function heading(column: string): Html {
  const [name = '', kind = ''] = column.split('|')
  // A column of buttons needs a name as well, for whoever hears the table.
  const text = name === '' ? html`<span class="unseen">Actions</span>` : name
  return html`<th scope="col" class="${kind}">${text}</th>`
}

/** A box with a heading. */
export function box(
  given: {
    readonly id: string
    readonly title: string
    readonly side?: Html | string
    readonly count?: true
  },
  content: Html,
): Html {
  const { id, title, side = '', count } = given
  return html`<section aria-labelledby="${id}-title">
<div class="head"><h2 id="${id}-title" tabindex="-1">${title}</h2>
${count ? html`<span class="count" id="${id}-count"></span>` : ''}<span class="side">${side}</span></div>
${content}
</section>`
}

/** A label with its input. `given` are the input's further attributes. */
export function field(name: string, label: string, given = '', kind = ''): Html {
  return html`<label class="${kind}"><span>${label}</span><input name="${name}" autocomplete="off" ${raw(given)}></label>`
}

/** The same for one that only some choices of a form need, which name it in `data-fields`. */
export function sometimes(name: string, label: string, given = '', kind = ''): Html {
  return html`<label class="${kind}" data-field="${name}" hidden><span>${label}</span><input name="${name}" autocomplete="off" disabled ${raw(given)}></label>`
}

export type Choices = readonly (readonly [value: string, text: string])[]

/** A label with a list to choose from. Without choices: one that the script fills. */
export function choice(
  name: string,
  label: string,
  choices: Choices = [],
  given = '',
  kind = '',
): Html {
  return html`<label class="${kind}"><span>${label}</span><select name="${name}" ${raw(given)}>${choices.map(
    ([value, text]) => html`<option value="${value}">${text}</option>`,
  )}</select></label>`
}

/** A button beside a heading. */
export const small = (id: string, text: string, label = text): Html =>
  html`<button type="button" class="small" id="${id}" aria-label="${label}">${text}</button>`

/** A dialog with one form in it. */
export function dialog(id: string, title: string, verb: string, content: Html, kind = ''): Html {
  return html`<dialog id="${id}" aria-labelledby="${id}-title" class="${kind}"><form>
<h2 id="${id}-title">${title}</h2>
${content}
<p class="wrong" role="alert"></p>
<div class="ends"><button type="button" data-close>${verb === '' ? 'Close' : 'Cancel'}</button>
${verb === '' ? '' : html`<button class="first">${verb}</button>`}</div>
</form></dialog>`
}
