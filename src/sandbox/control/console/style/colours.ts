/** Colours, in the light and in the dark, and what every element begins with. */
export const colours = `
:root {
  color-scheme: light dark;
  --ground: #eef1f5; --card: #fff; --ink: #17202b; --quiet: #556171; --line: #dde3ea; --edge: #7d8998; --soft: #f5f7fa;
  --accent: #0b6e63; --accent-strong: #085349; --on-accent: #fff; --tint: #e2f3f0;
  --up: #0a6b3d; --down: #b42318; --demo: #1f4fa8; --demo-tint: #e3ecfb; --live: #9a3412; --live-tint: #fdeadd;
  --warn: #8a4b00; --warn-tint: #fff1dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1318; --card: #171e26; --ink: #e8edf3; --quiet: #9aa7b6; --line: #2b3541; --edge: #738294; --soft: #1d2630;
    --accent: #3fbfae; --accent-strong: #66d3c4; --on-accent: #06231f; --tint: #12322f;
    --up: #5fd39b; --down: #ff9b91; --demo: #9dc1ff; --demo-tint: #1a2c4b; --live: #fbb48a; --live-tint: #3a2416;
    --warn: #f6c177; --warn-tint: #38290f;
  }
}
@media (prefers-contrast: more) { :root { --quiet: var(--ink); --line: var(--edge) } }
*, *::before, *::after { box-sizing: border-box }
[hidden] { display: none !important }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px }
h2:focus { outline: none }
p { margin: 0 }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .8125rem; overflow-wrap: anywhere }
pre { white-space: pre-wrap; margin: 0 }
.up { color: var(--up) } .down { color: var(--down) } .quiet { color: var(--quiet) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.tag { display: inline-block; font-size: .75rem; font-weight: 600; padding: .05rem .5rem; border-radius: 1rem; background: var(--soft); color: var(--quiet); white-space: nowrap }
.tag.demo { background: var(--demo-tint); color: var(--demo) }
.tag.live { background: var(--live-tint); color: var(--live) }
.tag.warn { background: var(--warn-tint); color: var(--warn) }
.tag.good { background: var(--tint); color: var(--accent) }
`
