/**
 * SHA-256 of a text, in hexadecimal; empty where the browser has none, which is on a page that came
 * by plain HTTP from another machine.
 */
export async function sha256(text: string): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) return '';
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
