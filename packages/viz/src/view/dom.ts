type Child = Node | string | number | undefined | false;
type Props = Readonly<Record<string, unknown>>;

/** Makes an element: `on…` properties are listeners, `class`, `style`, `aria-…` and the like attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on') && typeof value === 'function') {
      element.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else {
      element.setAttribute(name, String(value));
    }
  }
  append(element, children);
  return element;
}

function append(element: Element, children: readonly (Child | readonly Child[])[]): void {
  for (const child of children.flat() as Child[]) {
    if (child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces all that is in an element; what had the focus in it keeps it. */
export function fill(element: Element, ...children: readonly (Child | readonly Child[])[]): void {
  const refocus = keepFocus(element);
  element.replaceChildren();
  append(element, children);
  refocus();
}

/**
 * Remembers what in an element has the focus, and gives the function that focuses what took its place:
 * what has the same `data-key`, or else the same name. If nothing did, the element itself or the next
 * one around it that can be focused is.
 */
function keepFocus(element: Element): () => void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === element || !element.contains(activeElement)) {
    return () => {};
  }
  const key = focusKey(activeElement);
  return () => {
    const same = [...element.querySelectorAll<HTMLElement>(activeElement.tagName)].find(
      (one) => focusKey(one) === key,
    );
    (same ?? element.closest<HTMLElement>('[tabindex]'))?.focus({ preventScroll: true });
  };
}

function focusKey(element: Element): string {
  const { key } = (element as HTMLElement).dataset;
  return key ?? element.getAttribute('aria-label') ?? element.textContent ?? '';
}

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  return element;
}
