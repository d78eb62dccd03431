import { render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { describe, expect, it } from "vitest";
import type { Permission } from "../api/types";
import { SessionContext } from "../shared/session/session";
import { Navigation } from "./Navigation";

function pages(permissions: Permission[]) {
  render(
    <MemoryRouter>
      <SessionContext.Provider value={{ username: "ana", mustEnrol: false, permissions }}>
        <Navigation />
      </SessionContext.Provider>
    </MemoryRouter>,
  );
  return screen.queryAllByRole("link").map((link) => link.getAttribute("href"));
}

describe("the navigation", () => {
  it("shows access to those who may see grants", () => {
    expect(pages(["VM_READ", "GRANT_READ"])).toEqual(["/vms", "/access"]);
  });

  it("shows only what somebody may see", () => {
    expect(pages(["VM_READ", "SESSION_OWN"])).toEqual(["/vms"]);
  });
});
