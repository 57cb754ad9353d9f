/** On a narrow screen a row of a table is a little card, and everything is large enough for a finger. */
export const narrow = `
@media (max-width: 40rem) {
  .top { padding: .75rem .75rem .5rem } .top .clock { margin-left: 0; width: 100%; text-align: left }
  .tabs { padding: 0 .25rem; gap: 0 } .tabs button { padding: .5rem .375rem; font-size: .8125rem }
  .tabs .count { margin: 0; padding: 0 .3125rem; font-size: .6875rem }
  main { padding: .75rem .75rem 3rem } .panel, .column, .whole { gap: .75rem } section { padding: .875rem }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0 } dd { margin-bottom: .5rem }
  button, select, input, textarea, a.button { min-height: 2.375rem }
  button.small, a.button.small { min-height: 2.125rem; padding: .15rem .6rem; font-size: .8125rem }
  input[type=checkbox] { min-height: 0; width: 1.5rem; height: 1.5rem } .ticks .tick { min-height: 2.125rem }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  table, tbody { display: block }
  tbody tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: .125rem .75rem; padding: .5rem 0; border-top: 1px solid var(--line) }
  tbody tr:first-child { border-top: 0 }
  td, td.n { border: 0; padding: 0; text-align: left; min-width: 0; white-space: normal; overflow-wrap: anywhere } td:empty { display: none } td:first-child { font-weight: 600 }
  td.wide { min-width: 0 }
  td[data-name]:not(:first-child)::before { content: attr(data-name) " "; color: var(--quiet); font-size: .75rem }
  td.act { flex-basis: 100%; text-align: left; padding-top: .375rem } .hands { flex-wrap: wrap; gap: .375rem }
  .card .side { margin-left: 0; flex-basis: 100% }
  .switch { flex-wrap: wrap } .switch .words { flex: 1 1 9rem } .switch > :is(select, input), .ticks { width: 9.5rem }
}
`
