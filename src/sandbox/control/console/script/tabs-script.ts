/** The tabs: by mouse, by arrow keys, and by the address, so that a page loaded again shows the same. */
export const tabsScript = `
const tabs = [...document.querySelectorAll('[role=tab]')]
const nameOf = (tab) => tab.id.slice('tab-'.length)

function choose(tab) {
  for (const one of tabs) {
    const chosen = one === tab
    one.setAttribute('aria-selected', String(chosen))
    one.tabIndex = chosen ? 0 : -1
    document.getElementById(one.getAttribute('aria-controls')).hidden = !chosen
  }
}

function go(tab) {
  choose(tab)
  history.replaceState(null, '', '#' + nameOf(tab))
  window.scrollTo(0, 0)
}

const byAddress = () => tabs.find((tab) => '#' + nameOf(tab) === location.hash) || tabs[0]

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener('click', () => go(tab))
  tab.addEventListener('keydown', ({ key }) => {
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[key]
    if (to === undefined) return
    const next = tabs[to % tabs.length]
    next.focus()
    go(next)
  })
}
window.addEventListener('hashchange', () => choose(byAddress()))
choose(byAddress())
`
