/** The style sheet of the console. */
export const consoleStyle = `
:root {
  color-scheme: light dark;
  --ground: #eef1f5; --card: #fff; --ink: #17202b; --quiet: #556171; --line: #dde3ea; --edge: #8a96a5; --soft: #f5f7fa;
  --accent: #0b6e63; --accent-strong: #085349; --on-accent: #fff; --tint: #e2f3f0;
  --up: #0a6b3d; --down: #b42318; --demo: #1f4fa8; --demo-tint: #e3ecfb; --live: #9a3412; --live-tint: #fdeadd;
  --warn: #8a4b00; --warn-tint: #fff1dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1318; --card: #171e26; --ink: #e8edf3; --quiet: #9aa7b6; --line: #2b3541; --edge: #69788a; --soft: #1d2630;
    --accent: #3fbfae; --accent-strong: #66d3c4; --on-accent: #06231f; --tint: #12322f;
    --up: #5fd39b; --down: #ff9b91; --demo: #9dc1ff; --demo-tint: #1a2c4b; --live: #fbb48a; --live-tint: #3a2416;
    --warn: #f6c177; --warn-tint: #38290f;
  }
}
*, *::before, *::after { box-sizing: border-box }
[hidden] { display: none !important }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.top {
  display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; padding: .875rem 1.5rem; background: var(--card);
  border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 2;
}
.top h1 { font-size: 1.0625rem; margin: 0; display: flex; align-items: center; gap: .6rem }
.top svg { width: 1.5rem; height: 1.5rem }
.top .clock { margin-left: auto; font-variant-numeric: tabular-nums; text-align: right }
.top .clock b { font-weight: 600 }
.state { font-size: .75rem; font-weight: 600; padding: .2rem .55rem; border-radius: 1rem; background: var(--tint); color: var(--accent) }
.state.lost { background: var(--warn-tint); color: var(--warn) }
main {
  display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 1rem; padding: 1rem 1.5rem 2rem; max-width: 96rem;
  margin: 0 auto;
}
section {
  background: var(--card); border: 1px solid var(--line); border-radius: .875rem; padding: 1rem 1.125rem; min-width: 0;
  grid-column: span 12;
}
@media (min-width: 60rem) { .half { grid-column: span 6 } .third { grid-column: span 5 } .rest { grid-column: span 7 } }
h2 { font-size: .9375rem; margin: 0 0 .625rem; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem }
h2 .count { font-weight: 600; font-size: .75rem; color: var(--quiet); background: var(--soft); border-radius: 1rem; padding: .05rem .5rem }
h2 .side { margin-left: auto; display: flex; flex-wrap: wrap; gap: .375rem; font-weight: 400 }
.scroll { overflow-x: auto; margin-inline: -.25rem; padding-inline: .25rem }
.tall { max-height: 26rem; overflow-y: auto }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: .75rem; padding: .25rem .5rem; white-space: nowrap }
td { padding: .375rem .5rem; border-top: 1px solid var(--line); white-space: nowrap; vertical-align: middle }
th.n, td.n { text-align: right }
td.wide { white-space: normal; min-width: 5rem; overflow-wrap: anywhere }
td.act { text-align: right }
.tag { font-size: .75rem; font-weight: 600; padding: .1rem .5rem; border-radius: 1rem; background: var(--soft); color: var(--quiet) }
.tag.demo { background: var(--demo-tint); color: var(--demo) }
.tag.live { background: var(--live-tint); color: var(--live) }
.tag.warn { background: var(--warn-tint); color: var(--warn) }
.up { color: var(--up) } .down { color: var(--down) } .quiet { color: var(--quiet) }
.empty { color: var(--quiet); margin: .25rem 0 0; font-size: .875rem }
button, select, input {
  font: inherit; font-size: .8125rem; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: .5rem;
  padding: .3rem .6rem; min-height: 2rem;
}
input, select { background: var(--soft) }
button { cursor: pointer; font-weight: 600 }
button:hover { background: var(--soft) }
button.first { background: var(--accent); color: var(--on-accent); border-color: transparent }
button.first:hover { background: var(--accent-strong) }
button.on { background: var(--warn-tint); color: var(--warn); border-color: transparent }
button.small { min-height: 1.625rem; padding: .1rem .4rem; font-size: .75rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px }
form.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin-bottom: .75rem }
form.row label { display: grid; gap: .2rem; font-size: .75rem; font-weight: 600; color: var(--quiet); flex: 1 1 7rem; min-width: 0 }
form.row label.short { flex: 0 1 5rem }
form.row input, form.row select { width: 100% }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .8125rem; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .375rem 1rem; margin: 0; font-size: .875rem }
dt { color: var(--quiet) } dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
.note { position: fixed; inset: auto 1rem 1rem; margin: 0 auto; max-width: 40rem; z-index: 3; padding: .75rem 1rem; border-radius: .75rem;
  background: var(--warn-tint); color: var(--warn); font-weight: 500; box-shadow: 0 8px 30px rgb(0 0 0 / .25) }
.note[hidden] { display: none }
@media (max-width: 40rem) {
  .top { padding: .75rem 1rem; position: static } .top .clock { margin-left: 0; width: 100%; text-align: left }
  main { padding: .75rem; gap: .75rem } section { padding: .875rem }
  dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem }
  button, select, input { min-height: 2.375rem } button.small { min-height: 2.125rem; padding: .15rem .6rem; font-size: .8125rem }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  tbody tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: .125rem .75rem; padding: .5rem 0; border-top: 1px solid var(--line) }
  td, td.n { border: 0; padding: 0; text-align: left } td:empty { display: none } td:first-child { font-weight: 600 }
  td[data-name]:not(:first-child)::before { content: attr(data-name) " "; color: var(--quiet); font-size: .75rem }
  td.act { flex-basis: 100%; text-align: left; padding-top: .375rem }
}
`
