/** A tooltip can be put away with Escape without moving the focus; it is back with the next look at it. */
export function closeTipsOnEscape() {
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return
    for (const head of document.querySelectorAll('.panel-head:is(:focus-within, :hover)'))
      head.classList.add('tip-closed')
  })
  for (const name of ['focusin', 'pointerover'])
    document.addEventListener(name, ({ target }) => {
      if (target instanceof Element && !target.closest('.tip-closed'))
        for (const head of document.querySelectorAll('.tip-closed')) head.classList.remove('tip-closed')
    })
}
