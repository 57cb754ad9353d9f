/** The one style sheet of all pages. It is inlined, and named by its hash in the content security policy. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #eef1f5; --card: #fff; --ink: #17202b; --quiet: #5a6675; --line: #d9dfe7; --edge: #838f9e; --soft: #f5f7fa;
  --accent: #0b6e63; --accent-strong: #085349; --on-accent: #fff; --tint: #e2f3f0;
  --demo: #1f4fa8; --demo-tint: #e3ecfb; --live: #9a3412; --live-tint: #fdeadd; --danger: #b42318; --danger-tint: #fdecea;
  --shadow: 0 1px 2px rgb(16 24 40 / .06), 0 12px 32px rgb(16 24 40 / .08);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1318; --card: #171e26; --ink: #e8edf3; --quiet: #9aa7b6; --line: #2b3541; --edge: #69788a; --soft: #1d2630;
    --accent: #3fbfae; --accent-strong: #66d3c4; --on-accent: #06231f; --tint: #12322f;
    --demo: #9dc1ff; --demo-tint: #1a2c4b; --live: #fbb48a; --live-tint: #3a2416; --danger: #ff9b91; --danger-tint: #3b1b19;
    --shadow: 0 1px 2px rgb(0 0 0 / .4), 0 12px 32px rgb(0 0 0 / .35);
  }
}
*, *::before, *::after { box-sizing: border-box }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
header, footer { width: 100%; max-width: 60rem; margin: 0 auto; padding: 1.25rem 1.5rem; color: var(--quiet) }
header { display: flex; align-items: center; justify-content: center; gap: .6rem; font-weight: 600; color: var(--ink) }
.wide header { justify-content: start }
header svg { width: 1.6rem; height: 1.6rem; flex: none }
header .note, .tag {
  font-size: .75rem; font-weight: 600; line-height: 1; padding: .3rem .5rem; border-radius: 1rem; white-space: nowrap;
  background: var(--soft); color: var(--quiet); border: 1px solid transparent;
}
header .note, .tag.active { background: var(--tint); color: var(--accent) }
.tag.demo { background: var(--demo-tint); color: var(--demo) }
.tag.live { background: var(--live-tint); color: var(--live) }
footer { font-size: .8125rem; padding-block: .5rem 1.5rem; text-align: center }
main {
  flex: 1; width: 100%; display: grid; grid-template-columns: minmax(0, 1fr); align-items: start; justify-items: center;
  padding: 1rem 1.5rem 2rem;
}
.card {
  width: 100%; max-width: 32rem; background: var(--card); border-radius: 1rem; padding: 2rem; box-shadow: var(--shadow);
  border: 1px solid var(--line);
}
.wide .card { max-width: 57rem }
body.bare { background: var(--card) }
.bare main { padding: 0 }
.bare .card { max-width: 36rem; border: 0; border-radius: 0; box-shadow: none; padding: 1.25rem }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 .5rem; text-wrap: balance; overflow-wrap: anywhere }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem }
h2.list { margin: 1.25rem 0 .25rem }
a { color: var(--accent); text-underline-offset: .15em }
.app { display: flex; gap: 1rem; align-items: start }
.app .badge { flex: none }
.app h1 { margin-bottom: .25rem; text-wrap: pretty }
.app .about { margin: 0; overflow-wrap: anywhere }
p { margin: 0 0 1rem }
.card > :last-child, .card > form > :last-child { margin-bottom: 0 }
.after { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line) }
.quiet { color: var(--quiet) }
.small { font-size: .875rem }
.badge, .sign {
  display: grid; place-items: center; width: 3rem; height: 3rem; border-radius: .875rem; margin: 0;
  background: var(--accent); color: var(--on-accent); font-size: 1.375rem; font-weight: 700;
}
.message {
  padding: .75rem 1rem; border-radius: .625rem; margin: 0 0 1.25rem; background: var(--danger-tint); color: var(--danger);
  font-weight: 500;
}
label.field { display: block; font-weight: 600; font-size: .875rem; margin-bottom: 1rem }
label.field input {
  display: block; width: 100%; margin-top: .375rem; padding: .7rem .8rem; font: inherit; font-size: 1rem; font-weight: 400;
  color: inherit; background: var(--soft); border: 1px solid var(--edge); border-radius: .625rem;
}
button {
  font: inherit; font-weight: 600; padding: .75rem 1.25rem; border-radius: .625rem; border: 1px solid transparent;
  cursor: pointer; width: 100%;
}
button.first { background: var(--accent); color: var(--on-accent) }
button.first:hover { background: var(--accent-strong) }
button.second { background: transparent; color: inherit; border-color: var(--edge) }
button.second:hover { background: var(--soft) }
button.link {
  width: auto; min-height: 1.75rem; padding: 0; border: 0; background: none; color: var(--accent); font-size: inherit; text-decoration: underline;
  text-underline-offset: .2em;
}
.buttons {
  display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin-top: 1.5rem;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.who {
  display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .25rem .75rem;
  padding: .375rem .875rem;
  border-radius: .625rem; background: var(--soft); margin: 1rem 0 1.25rem;
}
.sign { background: var(--danger-tint); color: var(--danger); margin-bottom: 1rem }
ul.allowed { list-style: none; margin: 0; padding: 0 }
ul.allowed li { position: relative; padding: .25rem 0 .25rem 1.75rem }
ul.allowed li::before { content: "\\2713"; position: absolute; left: .125rem; color: var(--accent); font-weight: 700 }
ul.allowed li.strong { color: var(--ink) }
ul.allowed.not li { color: var(--quiet) }
ul.allowed.not li::before { content: "\\2715"; color: var(--quiet) }
fieldset { border: 0; padding: 0; margin: .5rem 0 1rem; min-width: 0 }
legend { padding: 0; font-weight: 600; font-size: .9375rem; float: left; line-height: 1.75rem }
.pick { display: flex; justify-content: end; gap: 1rem; min-height: 1.75rem }
.accounts { clear: both; padding-top: .375rem }
.account {
  display: flex; align-items: center; gap: .75rem; padding: .75rem .875rem; margin-bottom: .5rem; cursor: pointer;
  border: 1px solid var(--line); border-radius: .625rem;
}
.account:hover { background: var(--soft) }
.account:has(:checked) { border-color: var(--accent); background: var(--tint) }
.account input { width: 1.25rem; height: 1.25rem; flex: none; margin: 0; accent-color: var(--accent) }
.account .name { flex: 1; min-width: 0 }
.account .name b { margin-right: .375rem; font-size: 1.0625rem; font-variant-numeric: tabular-nums }
.account .name .small { display: block }
.account .currency { font-weight: 600 }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; overflow-wrap: anywhere }
ul.values { list-style: none; padding: 0; margin: 0; display: grid; gap: .375rem }
ul.values li { background: var(--soft); border-radius: .5rem; padding: .5rem .75rem }
ul.values.wrong li { background: var(--danger-tint); color: var(--danger) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9375rem }
th, td { text-align: left; white-space: nowrap; padding: .5rem 1rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-size: .8125rem; color: var(--quiet); font-weight: 600 }
td:last-child, th:last-child { padding-right: 0 }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .375rem 1.25rem; margin: 0 }
dt { color: var(--quiet) }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
@media (max-width: 30rem) {
  header { padding: 1rem 1rem .5rem }
  main { padding: .5rem .75rem 1rem }
  .card { padding: 1.25rem }
  dl { grid-template-columns: 1fr; gap: 0 }
  dd { margin-bottom: .625rem }
}
@media (prefers-contrast: more) { :root { --quiet: var(--ink); --line: currentcolor } }
`
