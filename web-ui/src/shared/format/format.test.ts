import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatRate, millisecondsBetween } from "./format";

describe("numbers for people", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1536, "1.5 KiB"],
    [256 * 1024 * 1024, "256 MiB"],
    [10 * 1024 ** 4, "10 TiB"],
    [-5, "0 B"],
    [undefined, "–"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("%s bytes are %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("follow the language", () => {
    expect(formatBytes(1536, "es")).toBe("1,5 KiB");
    expect(formatRate(1536, "es")).toBe("1,5 KiB/s");
  });

  it.each([
    [0, "0 ms"],
    [87.4, "87 ms"],
    [1234, "1.2 s"],
    [75_000, "1 min 15 s"],
    [3_720_000, "1 h 2 min"],
    [undefined, "–"],
  ])("%s milliseconds are %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it("know how long something took, once it has ended", () => {
    expect(millisecondsBetween("2026-01-01T00:00:00Z", "2026-01-01T00:00:01.500Z")).toBe(1500);
    expect(millisecondsBetween("2026-01-01T00:00:00Z", null)).toBeUndefined();
  });
});
