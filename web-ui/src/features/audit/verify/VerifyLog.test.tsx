import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { AuditVerdict } from "../../../api/types";
import { VerdictText } from "./VerifyLog";

const WHOLE: AuditVerdict = {
  whole: true,
  part: false,
  records: 12,
  lanes: 2,
  checkpoints: 3,
  lastCheckpoint: 3,
  lastCheckpointHash: "abc",
  anchor: 0,
  unsealed: 0,
  unprotected: 0,
  brokenAt: null,
};

describe("the answer of a verification", () => {
  it("names what was verified and the newest checkpoint", () => {
    render(<VerdictText verdict={WHOLE} onShow={vi.fn()} />);
    expect(screen.getByText(/12 records/)).toBeTruthy();
    expect(screen.getByText("abc")).toBeTruthy();
    expect(screen.queryByText(/anchor/i)).toBeNull();
  });

  it("says that older records were removed on purpose", () => {
    render(<VerdictText verdict={{ ...WHOLE, anchor: 7 }} onShow={vi.fn()} />);
    expect(screen.getByText(/checkpoint 7/)).toBeTruthy();
  });

  it("leads to the record where it is broken", () => {
    const onShow = vi.fn();
    render(
      <VerdictText
        verdict={{ ...WHOLE, whole: false, brokenAt: { line: 5, recordId: 41, what: "line 5: record 3 has been altered" } }}
        onShow={onShow}
      />,
    );
    expect(screen.getByText(/has been altered/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button"));
    expect(onShow).toHaveBeenCalledWith(41);
  });

  it("has nothing to lead to where a checkpoint is broken", () => {
    render(<VerdictText verdict={{ ...WHOLE, whole: false, brokenAt: { line: 5, recordId: null, what: "x" } }} onShow={vi.fn()} />);
    expect(screen.queryByRole("button")).toBeNull();
  });
});
