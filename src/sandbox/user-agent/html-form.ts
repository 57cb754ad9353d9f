/** One control of a form, as far as it can send something. */
export interface HtmlControl {
  readonly kind: 'value' | 'checkbox' | 'button'
  readonly name: string
  value: string
  /** For a checkbox. */
  checked: boolean
}

/** A form of a page that can be filled in and sent. */
export class HtmlForm {
  /** Where it goes; undefined means back to the page's own address. */
  readonly action: string | undefined
  readonly method: 'get' | 'post'
  readonly #controls: readonly HtmlControl[]

  constructor(
    action: string | undefined,
    method: 'get' | 'post',
    controls: readonly HtmlControl[],
  ) {
    this.action = action
    this.method = method
    this.#controls = controls
  }

  /** Whether it has a field of that name to write in. */
  hasField(name: string): boolean {
    return this.#controls.some((control) => control.kind === 'value' && control.name === name)
  }

  hasButton(name: string, value: string): boolean {
    return this.#controls.some(
      (control) => control.kind === 'button' && control.name === name && control.value === value,
    )
  }

  /** The values of the checkboxes of that name. */
  checkboxes(name: string): readonly string[] {
    return this.#controls
      .filter((control) => control.kind === 'checkbox' && control.name === name)
      .map((control) => control.value)
  }

  /** Writes into a field. */
  fill(name: string, value: string): void {
    for (const control of this.#controls) {
      if (control.kind === 'value' && control.name === name) control.value = value
    }
  }

  /** Ticks those checkboxes of that name whose value is wanted, and no others. */
  tick(name: string, wanted: (value: string) => boolean): void {
    for (const control of this.#controls) {
      if (control.kind === 'checkbox' && control.name === name)
        control.checked = wanted(control.value)
    }
  }

  /** What a browser sends when the button is pressed, as `application/x-www-form-urlencoded`. */
  encode(button?: { readonly name: string; readonly value: string }): string {
    const sent = new URLSearchParams()
    for (const { kind, name, value, checked } of this.#controls) {
      if (kind === 'value' || (kind === 'checkbox' && checked)) sent.append(name, value)
    }
    if (button !== undefined) sent.append(button.name, button.value)
    return sent.toString()
  }
}
