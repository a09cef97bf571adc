// Lists that change in place: an element stays as long as what it shows does, so that focus, selection and
// what a screen reader has read aloud stay, too.

/**
 * @param rows of {key, shows, make}: `make` is called when there is no element for the key, or when
 *     what it shows is something else than before
 */
export function fillKeyed(list, rows) {
  const present = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  let place = list.firstElementChild;
  for (const { key, shows, make } of rows) {
    const before = present.get(key);
    present.delete(key);
    let element = before;
    if (!before || before.shows !== shows) {
      element = make();
      element.dataset.key = key;
      element.shows = shows;
      if (before) {
        if (place === before) place = element;
        before.replaceWith(element);
      }
    }
    if (place === element) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  present.forEach((element) => element.remove());
  if (focused && !list.contains(document.activeElement)) focusOn(focused);
}

/** Focuses the element with this `data-focus`, wherever it was drawn anew. */
export const focusOn = (name) => document.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus();
