/** A key as VNC knows it (RFC 6143, 7.5.4), and whether Shift must be down with it on a US keyboard. */
export interface Key {
  keysym: number;
  shift: boolean;
}

export const SHIFT = 0xffe1;
const RETURN = 0xff0d;
const TAB = 0xff09;
/** Characters that are no Latin-1 are numbered from here on. */
const UNICODE = 0x01000000;
const SHIFTED = /^[A-Z~!@#$%^&*()_+{}|:"<>?]$/;

/** The keys that type a text. */
export function keysOf(text: string): Key[] {
  return Array.from(text.replace(/\r\n?/g, "\n"), (character) => {
    if (character === "\n") {
      return { keysym: RETURN, shift: false };
    }
    if (character === "\t") {
      return { keysym: TAB, shift: false };
    }
    const point = character.codePointAt(0) ?? 0;
    return { keysym: point < 0x100 ? point : UNICODE + point, shift: SHIFTED.test(character) };
  });
}
