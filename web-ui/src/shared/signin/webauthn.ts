/** What a passkey shows, as the manager reads it. */
export type Credential = Record<string, unknown>;

/** No passkey was shown: the person went away, or the browser has none for this site. */
export class NoPasskey extends Error {
  constructor(readonly reason: "DECLINED" | "KNOWN_ALREADY" | "NOT_HERE") {
    super(reason);
    this.name = "NoPasskey";
  }
}

/** Whether this browser has passkeys at all; none has outside of a secure context. */
export function hasPasskeys(): boolean {
  return (
    typeof window.PublicKeyCredential === "function" &&
    typeof (navigator as Partial<Navigator>).credentials?.get === "function"
  );
}

export function toBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function toText(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

interface Described {
  id: string;
  type: PublicKeyCredentialType;
  transports?: AuthenticatorTransport[];
}

// Not by the browser's own parsing: those of 2023 have passkeys and lack it.
function credentials(described: unknown): PublicKeyCredentialDescriptor[] {
  return ((described ?? []) as Described[]).map((each) => ({ ...each, id: toBytes(each.id) }));
}

function common(credential: PublicKeyCredential): Credential {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function asked(question: () => Promise<globalThis.Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await question();
    if (credential !== null) {
      return credential as PublicKeyCredential;
    }
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "InvalidStateError") {
      throw new NoPasskey("KNOWN_ALREADY");
    }
    if (name === "SecurityError" || name === "NotSupportedError") {
      throw new NoPasskey("NOT_HERE");
    }
    if (name !== "NotAllowedError" && name !== "AbortError") {
      throw error;
    }
  }
  throw new NoPasskey("DECLINED");
}

/** Lets the person show a passkey. */
export async function showPasskey(options: Record<string, unknown>, signal?: AbortSignal): Promise<Credential> {
  const credential = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: toBytes(String(options["challenge"])),
        allowCredentials: credentials(options["allowCredentials"]),
      } as PublicKeyCredentialRequestOptions,
      signal,
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...common(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle === null ? null : toText(response.userHandle),
    },
  };
}

/** Lets the person make a passkey. */
export async function makePasskey(options: Record<string, unknown>): Promise<Credential> {
  const user = options["user"] as PublicKeyCredentialUserEntityJSON;
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        ...(options as unknown as PublicKeyCredentialCreationOptions),
        challenge: toBytes(String(options["challenge"])),
        user: { ...user, id: toBytes(String(user.id)) },
        excludeCredentials: credentials(options["excludeCredentials"]),
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...common(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports(),
    },
  };
}
