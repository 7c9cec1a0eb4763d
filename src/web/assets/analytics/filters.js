/** A choice shows at once; dates wait for the button, for they are typed in steps. */
export function chooseOnChange() {
  const form = document.querySelector('.filters')
  for (const select of form?.querySelectorAll('select') ?? [])
    select.addEventListener('change', () => form.requestSubmit())
  // On a phone the pages are a strip: the current one is brought into sight.
  const current = document.querySelector('.pages [aria-current]')
  const strip = current?.parentElement
  if (strip) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - 12
}
