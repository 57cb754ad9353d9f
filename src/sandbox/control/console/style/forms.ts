/** Buttons, fields, dialogs and switches. */
export const forms = `
button, select, input, textarea, a.button {
  font: inherit; font-size: .8125rem; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: .5rem;
  padding: .3rem .6rem; min-height: 2rem;
}
input, select, textarea { background: var(--soft) }
::placeholder { color: var(--quiet); opacity: 1 }
textarea { width: 100%; resize: vertical }
button, a.button { cursor: pointer; font-weight: 600; white-space: nowrap }
a.button { display: inline-flex; align-items: center; text-decoration: none }
button:hover, a.button:hover { background: var(--soft) }
button.first { background: var(--accent); color: var(--on-accent); border-color: transparent }
button.first:hover { background: var(--accent-strong) }
button.on, button[aria-pressed=true] { background: var(--warn-tint); color: var(--warn); border-color: transparent }
button.danger { color: var(--down); border-color: currentcolor }
button.small, a.button.small { min-height: 1.625rem; padding: .1rem .45rem; font-size: .75rem }
button.link { white-space: normal; text-align: left; overflow-wrap: anywhere; border: 0; background: none; padding: .1rem 0; min-height: 1.5rem; font-size: inherit; font-weight: inherit; text-decoration: underline; text-decoration-color: var(--edge); text-underline-offset: .2em }
button.link:hover { text-decoration-color: currentcolor }
form.row, .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin-bottom: .75rem }
form label:not(.tick, .switch) { display: grid; gap: .2rem; font-size: .75rem; font-weight: 600; color: var(--quiet); min-width: 0 }
.row > label:not(.tick) { flex: 1 1 8rem }
.row > label.short { flex: 1 1 6rem } .row > label.quarter { flex: 1 1 max(20%, 6.5rem) } .row > label.tiny { flex: 1 1 4rem; max-width: 8rem } .row > label.long { flex: 1 1 100% }
form label:not(.tick, .switch) :is(input, select, textarea) { width: 100%; min-width: 0; font-weight: 400; color: var(--ink) }
section > form.row:last-child { margin-bottom: 0 }
section > .hint { margin-bottom: .625rem }
.aside { display: inline-flex; gap: .375rem; align-items: center; font-size: .8125rem; color: var(--quiet) } .aside input { width: 3.5rem; min-height: 1.625rem; padding-block: .1rem }
.row > .hint, .row > .wrong { flex: 1 1 100% }
.tick { display: inline-flex; gap: .4rem; align-items: center; font-size: .8125rem; min-height: 2rem }
input[type=checkbox] { width: 1.25rem; height: 1.25rem; min-height: 0; margin: 0; flex: none; accent-color: var(--accent) }
.hint { color: var(--quiet); font-size: .8125rem; font-weight: 400 }
.what { font-size: .875rem; margin-bottom: .75rem; overflow-wrap: anywhere } .what:empty { display: none }
.wrong { color: var(--down); font-size: .8125rem; font-weight: 500; overflow-wrap: anywhere } .wrong:empty { display: none }
section > .tick { margin-bottom: .5rem }
dialog {
  width: min(34rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); padding: 1.25rem; border: 1px solid var(--line); border-radius: .875rem;
  background: var(--card); color: var(--ink); box-shadow: 0 20px 60px rgb(0 0 0 / .3);
}
dialog.roomy { width: min(48rem, calc(100vw - 2rem)) }
dialog::backdrop { background: rgb(8 14 20 / .5) }
dialog form { display: grid; gap: .75rem; min-width: 0 }
dialog form > * { margin: 0; min-width: 0 }
dialog .row, dialog .what { margin-bottom: 0 }
dialog h2 { font-size: 1.0625rem; overflow-wrap: anywhere }
dialog pre { background: var(--soft); border-radius: .5rem; padding: .75rem; max-height: 60vh; overflow: auto }
.ends { display: flex; gap: .5rem; justify-content: end }
.secret { display: flex; gap: .5rem; align-items: start; justify-content: space-between; background: var(--soft); border-radius: .5rem; padding: .5rem .75rem }
.secret button { flex: none }
fieldset { border: 0; padding: 0; margin: .75rem 0 0; min-width: 0 }
legend { padding: 0; font-weight: 600; font-size: .75rem; color: var(--quiet); margin-bottom: .125rem }
.switch { display: flex; align-items: center; justify-content: space-between; gap: .25rem 1rem; padding: .3125rem .5rem; margin-inline: -.5rem; border-top: 1px solid var(--line); border-left: 3px solid transparent }
.switch.changed { border-left-color: var(--warn); background: var(--warn-tint) }
.switch.changed .name::after { content: " · changed"; color: var(--warn); font-size: .75rem; font-weight: 600 }
.switch .words { display: grid; min-width: 0 }
.switch .name { font-size: .875rem }
.switch .hint { font-size: .75rem }
.switch > :is(select, input) { flex: none; width: 11.5rem }
.switch [aria-invalid] { border-color: var(--down); outline: 1px solid var(--down) }
.ticks { display: grid; flex: none; width: 11.5rem }
.ticks .tick { min-height: 1.625rem }
`
