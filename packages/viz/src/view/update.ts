import { type Children, isPressable, listenLike, nodesOf } from './dom.ts';

/**
 * Brings what is in an element up to date: it holds these children afterwards, but what was there
 * already stays the same element, with new attributes, text and listeners. So a press that began
 * before an update ends on the same element after it, and focus, scrolling and open menus stay.
 *
 * An element is the same if it has the same tag and `data-key`. Without a key, what can be pressed is
 * the same if its label or text is, so that a press never ends on something else; of other elements
 * the first is the same as the first, and so on. A child that is in the element already is left alone.
 */
export function update(element: Element, ...children: Children): void {
  const { activeElement } = document;
  const hadFocus = activeElement !== element && element.contains(activeElement);
  hold(element, nodesOf(children));
  if (!hadFocus || activeElement === document.activeElement) return;
  // It was moved, or is gone: then the focus goes to what is around it.
  const next = element.contains(activeElement) ? activeElement : element.closest('[tabindex]');
  (next as HTMLElement | null)?.focus({ preventScroll: true });
}

function hold(element: Element, wanted: readonly Node[]): void {
  const given = new Set(wanted);
  const before = new Map<string, ChildNode[]>();
  for (const node of element.childNodes) {
    if (given.has(node)) continue;
    const name = identity(node);
    const alike = before.get(name);
    if (alike === undefined) before.set(name, [node]);
    else alike.push(node);
  }
  const next = wanted.map((node) => {
    if (node.parentNode === element) return node;
    const same = before.get(identity(node))?.shift();
    if (same === undefined) return node;
    become(same, node);
    return same;
  });
  for (const gone of [...before.values()].flat()) gone.remove();
  let at: Node | null = element.firstChild;
  for (const node of next) {
    if (node === at) at = at.nextSibling;
    else element.insertBefore(node, at);
  }
}

function identity(node: Node): string {
  if (!(node instanceof Element)) return '#text';
  const key = node.getAttribute('data-key');
  if (key !== null) return `${node.tagName} key ${key}`;
  if (!isPressable(node)) return node.tagName;
  return `${node.tagName} named ${node.getAttribute('aria-label') ?? node.textContent}`;
}

/** Makes a node what another is. */
function become(node: Node, wanted: Node): void {
  if (!(node instanceof Element && wanted instanceof Element)) {
    if (node.textContent !== wanted.textContent) node.textContent = wanted.textContent;
    return;
  }
  for (const name of node.getAttributeNames()) {
    if (!wanted.hasAttribute(name)) node.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  listenLike(node, wanted);
  hold(node, [...wanted.childNodes]);
}
