import { afterEach, describe, expect, it, vi } from "vitest";
import { hasPasskeys, makePasskey, NoPasskey, showPasskey, toBytes, toText } from "./webauthn";

const OPTIONS = { challenge: "_-8", rpId: "localhost", allowCredentials: [], userVerification: "required" };

function browser(container: object): void {
  vi.stubGlobal("navigator", { credentials: container });
}

afterEach(() => vi.unstubAllGlobals());

describe("passkeys of the browser", () => {
  it("are not there in one that has none", () => {
    expect(hasPasskeys()).toBe(false);
  });

  it("are there where the browser has them", () => {
    vi.stubGlobal("PublicKeyCredential", () => undefined);
    browser({ get: () => undefined });
    expect(hasPasskeys()).toBe(true);
  });

  it("speak base64url without padding", () => {
    expect([...toBytes("_-8")]).toEqual([255, 239]);
    expect(toText(Uint8Array.of(255, 239).buffer)).toBe("_-8");
    expect(toText(toBytes("AAECAwQFBgcICQ").buffer)).toBe("AAECAwQFBgcICQ");
  });

  it("show one as the manager reads it", async () => {
    const bytes = (text: string) => new TextEncoder().encode(text).buffer;
    const get = vi.fn(() => ({
      id: "aWQ",
      rawId: bytes("id"),
      type: "public-key",
      authenticatorAttachment: null,
      getClientExtensionResults: () => ({}),
      response: { clientDataJSON: bytes("c"), authenticatorData: bytes("a"), signature: bytes("s"), userHandle: bytes("u") },
    }));
    browser({ get });
    expect(await showPasskey(OPTIONS)).toEqual({
      id: "aWQ",
      rawId: "aWQ",
      type: "public-key",
      authenticatorAttachment: null,
      clientExtensionResults: {},
      response: { clientDataJSON: "Yw", authenticatorData: "YQ", signature: "cw", userHandle: "dQ" },
    });
    const [[asked]] = get.mock.calls as unknown as [[{ publicKey: PublicKeyCredentialRequestOptions }]];
    expect([...new Uint8Array(asked.publicKey.challenge as ArrayBuffer)]).toEqual([255, 239]);
    expect(asked.publicKey.rpId).toBe("localhost");
  });

  it.each([
    ["NotAllowedError", "DECLINED"],
    ["InvalidStateError", "KNOWN_ALREADY"],
    ["SecurityError", "NOT_HERE"],
  ])("%s is told as %s", async (name, reason) => {
    browser({ create: () => Promise.reject(new DOMException("", name)) });
    const failure: unknown = await makePasskey({ ...OPTIONS, user: { id: "aWQ" } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NoPasskey);
    expect((failure as NoPasskey).reason).toBe(reason);
  });
});
