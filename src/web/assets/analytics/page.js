/** What the server says to the scripts of this page. */
const { texts, language } = document.getElementById('main').dataset

export const TEXTS = JSON.parse(texts)
export const LANGUAGE = language
export const NO_MOTION = matchMedia('(prefers-reduced-motion: reduce)').matches
