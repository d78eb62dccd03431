import { expect, type CDPSession, type Locator, type Page } from "@playwright/test";
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const username = process.env["MESETA_USERNAME"] ?? "admin";
const passwordFile = process.env["MESETA_PASSWORD_FILE"] ?? join(import.meta.dirname, "mock-password.txt");
const screenshots = process.env["MESETA_SCREENSHOTS"];

const STEP_SECONDS = 30;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshots !== undefined) {
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
}

export function password(): string {
  return readFileSync(passwordFile, "utf8").trim();
}

export async function showPassword(page: Page, wanted = password()): Promise<void> {
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill(wanted);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

export async function logOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: `Account of ${username}` }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await expect(page.getByLabel("User name")).toBeVisible();
}

/** An authenticator application, by RFC 6238: it never shows the same code twice. */
export class AuthenticatorApp {
  private readonly key: Buffer;
  private last = 0;

  constructor(secret: string) {
    const bits = [...secret].map((character) => BASE32.indexOf(character).toString(2).padStart(5, "0")).join("");
    this.key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }

  private static now(): number {
    return Math.floor(Date.now() / 1_000 / STEP_SECONDS);
  }

  private code(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const hash = createHmac("sha1", this.key).update(counter).digest();
    const number = hash.readUInt32BE((hash[19] ?? 0) & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, "0");
  }

  /** The next one that the manager has not seen; it takes those of the step before and after, too. */
  async next(): Promise<string> {
    const step = Math.max(this.last + 1, AuthenticatorApp.now() - 1);
    await expect.poll(() => AuthenticatorApp.now(), { timeout: 2 * STEP_SECONDS * 1_000 }).toBeGreaterThanOrEqual(step - 1);
    this.last = step;
    return this.code(step);
  }

  /** None that it would show for hours. */
  wrong(): string {
    const codes = new Set(Array.from({ length: 20 }, (_, index) => this.code(AuthenticatorApp.now() - 5 + index)));
    return ["000000", "111111", "222222"].find((code) => !codes.has(code)) ?? "333333";
  }
}

/** Chromium's own authenticator: it has a passkey's keys, and checks its person, without anybody there. */
export async function virtualAuthenticator(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}

export function stepUpDialog(page: Page): Locator {
  return page.getByRole("dialog", { name: "Show again who you are" });
}

/** Enrols an authenticator application whose button was clicked, up to the recovery codes. */
export async function enrolApp(page: Page): Promise<AuthenticatorApp> {
  const dialog = page.getByRole("dialog", { name: "Enrol an authenticator application" });
  await expect(dialog.getByRole("img", { name: "QR code for the authenticator application" })).toBeVisible();
  await screenshot(page, "enrol-totp");
  const app = new AuthenticatorApp(await dialog.getByLabel("Key", { exact: true }).inputValue());
  await dialog.getByLabel("Code that it shows").fill(await app.next());
  await dialog.getByRole("button", { name: "Enrol", exact: true }).click();
  return app;
}

/** The recovery codes that are shown, kept by downloading them. */
export async function keepCodes(page: Page): Promise<string[]> {
  const dialog = page.getByRole("dialog", { name: "Your recovery codes" });
  const shown = (await dialog.getByTestId("recovery-codes").innerText()).trim().split("\n");
  await screenshot(page, "recovery-codes");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Download" }).click(),
  ]);
  const kept = readFileSync(await file.path(), "utf8");
  for (const code of shown) expect(kept).toContain(code);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  return shown;
}
