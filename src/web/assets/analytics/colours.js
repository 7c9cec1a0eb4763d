/** The colours of the style sheet, as the browser has worked them out for the theme that is on. */
export function readColours() {
  const probe = document.createElement('i')
  document.body.append(probe)
  const colour = (name) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = {
    series: [1, 2, 3, 4, 5, 6].map((n) => colour(`series-${n}`)),
    ink: colour('ink'),
    quiet: colour('quiet'),
    line: colour('line'),
    panel: colour('panel'),
  }
  probe.remove()
  return colours
}

/** A colour that lets through what is behind it. `share`: how much of it is left. */
export const thin = (colour, share) =>
  `color-mix(in srgb, ${colour} ${Math.round(share * 100)}%, transparent)`
