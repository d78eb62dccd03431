import { expect, test, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { AuthenticatorApp, screenshot, stepUpDialog } from "./signing-in";

// Against a manager with a Keycloak beside it (./meseta up --keycloak), in which MESETA_KEYCLOAK_USERNAME is a superuser who has
// no second factor yet. There is an image doomed-1.
const person = process.env["MESETA_KEYCLOAK_USERNAME"] ?? "";
const passwordFile = process.env["MESETA_KEYCLOAK_PASSWORD_FILE"] ?? "";

test.describe.configure({ mode: "serial" });
test.skip(person === "", "needs a manager with Keycloak");

let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
});

test.afterAll(async () => {
  await page.close();
});

/** Keycloak's own form. */
async function showPassword(where: Page): Promise<void> {
  const username = where.locator("#username");
  // Meseta's own page has a field of the same name.
  await expect(where.locator("#kc-login")).toBeVisible();
  await screenshot(where, "keycloak-login");
  // Somebody it knows already is asked for the password alone.
  if (await username.isVisible()) await username.fill(person);
  await where.locator("#password").fill(readFileSync(passwordFile, "utf8").trim());
  await where.locator("#kc-login").click();
}

test("somebody of Keycloak's signs in there and comes back to the page that was wanted", async () => {
  await page.goto("/images");
  await page.getByRole("button", { name: "Sign in with Keycloak" }).click();
  await showPassword(page);
  await expect(page.getByRole("button", { name: `Account of Keycloak/${person}` })).toBeVisible();
  await expect(page).toHaveURL(/\/images$/);
  await expect(page.locator('[data-row="doomed-1"]')).toBeVisible();
  await screenshot(page, "keycloak-signed-in");
});

test("what is dangerous is asked for at Keycloak, in a window of its own, where a factor is enrolled the first time", async () => {
  await page.getByRole("button", { name: "Actions of doomed-1" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const confirm = page.getByRole("dialog", { name: /doomed-1/ });
  await confirm.getByRole("textbox").fill("doomed-1");
  await confirm.getByRole("button", { name: "Delete" }).click();

  const dialog = stepUpDialog(page);
  await expect(dialog).toBeVisible();
  await screenshot(page, "keycloak-step-up");
  const [window] = await Promise.all([
    page.waitForEvent("popup"),
    dialog.getByRole("button", { name: "Show a second factor at Keycloak" }).click(),
  ]);
  await showPassword(window);
  await window.locator("#mode-manual").click();
  const secret = (await window.locator("#kc-totp-secret-key").innerText()).replaceAll(/\s/g, "");
  await window.locator("#totp").fill(await new AuthenticatorApp(secret).next());
  await screenshot(window, "keycloak-enrol");
  await window.locator("#saveTOTPBtn").click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('[data-row="doomed-1"]')).toBeHidden();
});

test("the account page sends people to Keycloak for what they sign in with there", async () => {
  await page.getByRole("button", { name: `Account of Keycloak/${person}` }).click();
  await page.getByRole("menuitem", { name: "My account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "My account" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "You sign in with Keycloak" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Change password" })).toBeHidden();
  await screenshot(page, "keycloak-account");
  await page.getByRole("button", { name: `Account of Keycloak/${person}` }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await expect(page.getByLabel("User name")).toBeVisible();
});
