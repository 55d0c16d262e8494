// Colours come from the style sheet, so that light and dark are said in one place.

/** The value of a colour of the palette or of a level, such as blue or good. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

/** Calls back when the system changes between light and dark. */
export function onTheme(listener) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}
