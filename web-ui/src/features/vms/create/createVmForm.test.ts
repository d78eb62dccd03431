import { describe, expect, it } from "vitest";
import { EMPTY_FORM, toPreview, toRequest, validate } from "./createVmForm";

const complete = { ...EMPTY_FORM, name: "web-1", imageId: "image-1" };

describe("the form of a new VM", () => {
  it("leaves out what the manager shall decide", () => {
    expect(JSON.parse(JSON.stringify(toRequest(complete)))).toEqual({
      name: "web-1",
      imageId: "image-1",
      vcpus: 1,
      memoryMiB: 256,
      firmware: "BIOS",
      start: true,
    });
  });

  it.each(["", "-web", "web 1", 'a"b', "<b>", "a\nb", "x".repeat(64), "ñandú"])("refuses the name %j", (name) => {
    expect(validate({ ...complete, name })).toHaveProperty("name");
    expect(toRequest({ ...complete, name })).toBeUndefined();
  });

  it.each(["a", "web-1.example_x", "x".repeat(63)])("takes the name %j", (name) => {
    expect(validate({ ...complete, name })).toEqual({});
  });

  it.each([0, -1, 1.5, Number.NaN, undefined])("refuses %s vCPUs", (vcpus) => {
    expect(validate({ ...complete, vcpus })).toHaveProperty("vcpus");
  });

  it("previews the placement before there is a name, and not again for words", () => {
    const preview = toPreview({ ...complete, name: "" });
    expect(preview?.name).toBe("placement-preview");
    expect(toPreview({ ...complete, name: "", description: "x", userData: "y" })).toEqual(preview);
    expect(toPreview({ ...complete, imageId: "" })).toBeUndefined();
  });
});
