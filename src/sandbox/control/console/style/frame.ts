/** The line at the top, the tabs, and the boxes below. */
export const frame = `
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; padding: .75rem 1.5rem .5rem; background: var(--card) }
.top h1 { font-size: 1.0625rem; margin: 0; display: flex; align-items: center; gap: .6rem }
.top svg { width: 1.5rem; height: 1.5rem; flex: none }
.top .clock { margin-left: auto; font-variant-numeric: tabular-nums; text-align: right }
.state { font-size: .75rem; font-weight: 600; padding: .2rem .55rem; border-radius: 1rem; background: var(--tint); color: var(--accent) }
.state.lost { background: var(--warn-tint); color: var(--warn) }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem; padding: 0 1.25rem; background: var(--card); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 2 }
.tabs button { border: 0; border-bottom: 3px solid transparent; border-radius: .375rem .375rem 0 0; background: none; padding: .5rem .75rem; color: var(--quiet); font-size: .875rem }
.tabs button:hover { background: var(--soft) }
.tabs [aria-selected=true] { color: var(--ink); border-bottom-color: var(--accent) }
.tabs :focus-visible { outline-offset: -3px }
.tabs .count { margin-left: .125rem }
.count { font-weight: 600; font-size: .75rem; line-height: 1.4; color: var(--quiet); background: var(--soft); border-radius: 1rem; padding: .05rem .5rem; font-variant-numeric: tabular-nums }
.count.warn { background: var(--warn-tint); color: var(--warn) }
main { padding: 1rem 1.5rem 3rem; max-width: 100rem; margin: 0 auto }
.panel { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-items: start }
.column, .whole { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-content: start; min-width: 0 }
@media (min-width: 64rem) {
  .panel { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .panel > .whole { grid-column: span 2 }
  #panel-trading { grid-template-columns: minmax(0, 47fr) minmax(0, 53fr) }
  #panel-traffic { grid-template-columns: minmax(0, 5fr) minmax(0, 7fr) }
}
section { background: var(--card); border: 1px solid var(--line); border-radius: .875rem; padding: 1rem 1.125rem; min-width: 0 }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem .5rem; margin-bottom: .625rem }
h2 { font-size: .9375rem; margin: 0 }
h3 { font-size: .875rem; margin: 0; overflow-wrap: anywhere; min-width: 0 }
.side { margin-left: auto; display: flex; flex-wrap: wrap; align-items: center; gap: .375rem }
.note {
  position: fixed; inset: auto 1rem 1rem; margin: 0 auto; max-width: 40rem; z-index: 3; padding: .75rem 1rem; border-radius: .75rem; display: flex; gap: .75rem;
  align-items: start; justify-content: space-between; background: var(--warn-tint); color: var(--warn); font-weight: 500; box-shadow: 0 8px 30px rgb(0 0 0 / .25);
  overflow-wrap: anywhere;
}
.note button { flex: none; color: var(--ink) }
.note.good { background: var(--tint); color: var(--accent-strong); width: fit-content; max-width: min(40rem, calc(100% - 2rem)) }
.noscript { padding: 1.5rem; text-align: center }
`
