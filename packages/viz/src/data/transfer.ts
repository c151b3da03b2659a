/** All buffers of the typed arrays in a value, each once: what moves to another thread as it is. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (one: unknown): void => {
    if (ArrayBuffer.isView(one)) {
      if (one.buffer instanceof ArrayBuffer) found.add(one.buffer);
    } else if (one instanceof Map) {
      for (const entry of one.values()) visit(entry);
    } else if (typeof one === 'object' && one !== null) {
      for (const entry of Object.values(one)) visit(entry);
    }
  };
  visit(value);
  return [...found];
}
