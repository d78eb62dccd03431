import { describe, expect, it } from "vitest";
import { sparklinePoints } from "./Sparkline";

describe("a sparkline", () => {
  it("runs from left to right with the largest value at the top", () => {
    expect(sparklinePoints([10, 5, 0], 100, 22)).toBe("0,1 50,11 100,21");
  });

  it("is flat at the bottom when nothing happens", () => {
    expect(sparklinePoints([0, 0], 100, 22)).toBe("0,21 100,21");
  });

  it("is nothing without values", () => {
    expect(sparklinePoints([], 100, 22)).toBe("");
  });
});
