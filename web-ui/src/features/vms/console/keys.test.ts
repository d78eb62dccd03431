import { describe, expect, it } from "vitest";
import { keysOf } from "./keys";

describe("the keys of a text", () => {
  it("are its characters, with Shift where a US keyboard needs it", () => {
    expect(keysOf("aB1!")).toEqual([
      { keysym: 0x61, shift: false },
      { keysym: 0x42, shift: true },
      { keysym: 0x31, shift: false },
      { keysym: 0x21, shift: true },
    ]);
  });

  it("end lines with Return, whatever ends them", () => {
    expect(keysOf("\r\n\n\r\t").map((key) => key.keysym)).toEqual([0xff0d, 0xff0d, 0xff0d, 0xff09]);
  });

  it("go beyond Latin-1", () => {
    expect(keysOf("ñ€")).toEqual([
      { keysym: 0xf1, shift: false },
      { keysym: 0x010020ac, shift: false },
    ]);
  });
});
