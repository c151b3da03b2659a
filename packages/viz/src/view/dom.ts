type Child = Node | string | number | undefined | false;
/** What an element is to hold; `undefined` and `false` are nothing. */
export type Children = readonly (Child | readonly Child[])[];
type Props = Readonly<Record<string, unknown>>;

/** Makes an element: `on…` properties are listeners, `class`, `style`, `aria-…` and the like attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Children
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on') && typeof value === 'function') {
      listen(element, name.slice(2).toLowerCase(), value as EventListener);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...nodesOf(children));
  return element;
}

/** Children as nodes. */
export function nodesOf(children: Children): readonly Node[] {
  return (children.flat() as readonly Child[]).flatMap((child) => {
    if (child === undefined || child === false) return [];
    return child instanceof Node ? child : document.createTextNode(String(child));
  });
}

const listeners = new WeakMap<Element, Map<string, EventListener | undefined>>();

/** Has an element call a listener, in place of the one that it had for the same event. */
function listen(element: Element, type: string, listener: EventListener | undefined): void {
  let own = listeners.get(element);
  if (own === undefined) {
    own = new Map();
    listeners.set(element, own);
  }
  const all = own;
  if (!all.has(type)) element.addEventListener(type, (event) => all.get(type)?.(event));
  all.set(type, listener);
}

/** True if it does something when it is pressed: `h` gave it a listener. */
export function isPressable(element: Element): boolean {
  return listeners.has(element);
}

/** Has an element listen as another does, and no more. */
export function listenLike(element: Element, other: Element): void {
  const wanted = listeners.get(other);
  for (const type of [...(listeners.get(element)?.keys() ?? [])]) {
    if (wanted?.get(type) === undefined) listen(element, type, undefined);
  }
  for (const [type, listener] of wanted ?? []) listen(element, type, listener);
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
