/** Tables, cards, and lists of facts. */
export const lists = `
.scroll { position: relative; overflow-x: auto; margin-inline: -.25rem; padding-inline: .25rem; border-radius: .25rem }
.tall { max-height: 34rem; overflow-y: auto }
.tall th { position: sticky; top: 0; background: var(--card); z-index: 1 }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: .75rem; padding: .25rem .5rem; white-space: nowrap }
td { padding: .375rem .5rem; border-top: 1px solid var(--line); white-space: nowrap; vertical-align: middle }
th:first-child, td:first-child { padding-left: 0 } th:last-child, td:last-child { padding-right: 0 }
th.n, td.n { text-align: right }
td.fold { white-space: normal }
td.wide { white-space: normal; min-width: 6rem; overflow-wrap: anywhere }
.hands { display: inline-flex; gap: .25rem; align-items: center }
td.act, th.act { text-align: right }
.empty { color: var(--quiet); font-size: .875rem } .empty:empty { display: none }
.cards { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem }
.cards:empty { display: none }
.card { border: 1px solid var(--line); border-radius: .625rem; padding: .75rem .875rem; min-width: 0 }
.card .hands { flex-wrap: wrap; gap: .375rem }
.card .about { color: var(--quiet); font-size: .875rem; margin: 0 0 .5rem; overflow-wrap: anywhere } .card .about:empty { display: none }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .375rem 1rem; margin: 0; font-size: .875rem; align-items: baseline }
dt { color: var(--quiet) } dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
.facts dd { display: flex; gap: .5rem; align-items: baseline; justify-content: space-between }
.facts button { flex: none }
.facts + .hint { margin-top: .75rem }
code.line { display: block }
.findings { list-style: none; margin: 0 0 .75rem; padding: .5rem .75rem; border-radius: .5rem; background: var(--warn-tint); color: var(--warn); font-size: .8125rem; overflow-wrap: anywhere }
`
