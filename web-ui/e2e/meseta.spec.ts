import { expect, test, type Page } from "@playwright/test";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const username = process.env["MESETA_USERNAME"] ?? "admin";
const passwordFile = process.env["MESETA_PASSWORD_FILE"] ?? join(import.meta.dirname, "mock-password.txt");
const screenshots = process.env["MESETA_SCREENSHOTS"];
const imageName = process.env["MESETA_IMAGE"];
const vmName = process.env["MESETA_VM_NAME"] ?? `page-${Date.now().toString(36)}`;

async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshots !== undefined) {
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
}

async function logIn(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill(readFileSync(passwordFile, "utf8").trim());
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Virtual machines" })).toBeVisible();
}

/** What the browser complains about: errors of the page and refusals of the content security policy. */
function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    // Refusals (4xx) are part of the story; what breaks the page or the policy is not.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) found.push(message.text());
  });
  return found;
}

test.describe.configure({ mode: "serial" });

let page: Page;
let found: string[];

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  found = complaints(page);
});

test.afterAll(async () => {
  await page.close();
});

test("a wrong password is refused in words, the right one opens the page", async () => {
  await page.goto("/");
  await expect(page).toHaveTitle(/Meseta/);
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill("certainly not this one");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("User name or password is wrong");
  await screenshot(page, "login-refused");
  await logIn(page);
  await expect(page.getByTestId("stream-state")).toHaveAttribute("data-state", "live");
});

test("a VM is created from an image and comes up", async () => {
  await page.getByRole("button", { name: "Create VM" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create VM" });
  await dialog.getByLabel("Name").fill(vmName);
  if (imageName !== undefined) {
    const option = dialog.getByLabel("Image").getByRole("option", { name: new RegExp(`^${imageName}`) });
    await dialog.getByLabel("Image").selectOption((await option.getAttribute("value")) ?? "");
  }
  await expect(dialog.getByTestId("placement")).toContainText("Would start on");
  await screenshot(page, "create-vm");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(dialog).toBeHidden();
  const row = page.locator(`[data-row="${vmName}"]`);
  await expect(row.locator("[data-status]")).toHaveAttribute("data-status", "UP", { timeout: 120_000 });
  await screenshot(page, "vms");
});

test("it migrates with its progress in sight and the downtime as the result", async () => {
  await page.getByRole("link", { name: vmName }).click();
  await expect(page.getByRole("heading", { level: 1, name: vmName })).toBeVisible();
  const host = page.getByTestId("vm-host");
  const source = (await host.textContent()) ?? "";
  const migrate = page.getByRole("button", { name: "Migrate", exact: true });
  await expect(migrate).not.toHaveAttribute("aria-disabled", "true");
  await migrate.click();
  const dialog = page.getByRole("dialog", { name: `Migrate ${vmName}` });
  await expect(dialog.locator('[data-accepted="true"]').first()).toBeVisible();
  await expect(dialog.locator(`[data-candidate="${source}"][data-accepted="true"]`)).toHaveCount(0);
  await screenshot(page, "migrate");
  await dialog.locator('[data-accepted="true"]').first().getByRole("radio").check();
  // Slow enough for people, and this test, to watch.
  await dialog.getByRole("button", { name: "Policy" }).click();
  await dialog.locator("#migrate-bandwidth").fill("12");
  await dialog.getByRole("button", { name: "Migrate", exact: true }).click();
  await expect(dialog).toBeHidden();
  const view = page.getByTestId("migration-view");
  await expect(view).toBeVisible();
  await expect(view.getByRole("progressbar")).toBeVisible();
  await expect(view.locator("figure").first()).toBeVisible();
  await screenshot(page, "migrating");
  await expect(view).toHaveAttribute("data-state", "SUCCEEDED", { timeout: 120_000 });
  await expect(view.getByTestId("downtime")).toHaveText(/^[\d.,]+ (ms|s)$/);
  await expect(host).not.toHaveText(source);
  await screenshot(page, "migrated");
});

test("its task has a log of steps", async () => {
  await page.getByTestId("migration-view").getByRole("link", { name: `Migrate ${vmName}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Migrate ${vmName}` })).toBeVisible();
  await expect(page.getByRole("grid", { name: "Steps" }).getByRole("row").nth(2)).toBeVisible();
  await screenshot(page, "task");
});

test("a disabled action says why", async () => {
  await page.goto("/vms");
  await page.getByRole("button", { name: `Actions of ${vmName}` }).click();
  const remove = page.getByRole("menuitem", { name: "Delete" });
  await expect(remove).toHaveAttribute("aria-disabled", "true");
  await remove.hover();
  await expect(page.getByRole("tooltip")).toContainText("Down");
  await screenshot(page, "disabled-reason");
  await page.keyboard.press("Escape");
});

test("a search that the manager refuses is explained, and a good one is in the address", async () => {
  const search = page.getByRole("textbox", { name: "Search" });
  await search.fill("nonsense:1");
  await expect(page.getByText("MALFORMED_REQUEST")).toBeVisible();
  await search.fill(`name:${vmName}`);
  await expect(page.locator(`[data-row="${vmName}"]`)).toBeVisible();
  await expect(page).toHaveURL(/q=name/);
});

test("the page speaks Spanish and shows itself dark", async () => {
  await page.goto("/vms");
  await page.getByRole("button", { name: "Language: English" }).click();
  await page.getByRole("option", { name: "Español" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Máquinas virtuales" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await page.getByRole("button", { name: "Cambiar al tema oscuro" }).click();
  await expect(page.locator("html")).toHaveClass(/pf-v6-theme-dark/);
  await screenshot(page, "vms-es-dark");
  for (const [path, title] of [
    ["/hosts", "Hosts"],
    ["/images", "Imágenes"],
    ["/tasks", "Tareas"],
    ["/events", "Eventos"],
    ["/audit", "Auditoría"],
    ["/managers", "Gestores"],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(page).toHaveTitle(`${title} · Meseta`);
    await expect(page.getByRole("grid").first()).toBeVisible();
    await screenshot(page, `${path.slice(1)}-es-dark`);
  }
  await page.goto("/hosts");
  await page.getByRole("grid").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 2, name: "Capacidad" })).toBeVisible();
  await screenshot(page, "host-es-dark");
  await page.getByRole("button", { name: "Cambiar al tema claro" }).click();
  await page.getByRole("button", { name: "Idioma: Español" }).click();
  await page.getByRole("option", { name: "English" }).click();
});

test("the console shows the screen of the VM, and its serial port takes what is typed", async () => {
  test.skip(imageName === undefined, "needs a guest that really runs");
  await page.goto("/vms");
  await page.getByRole("link", { name: vmName }).click();
  await page.getByRole("button", { name: "Console" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Console of ${vmName}` })).toBeVisible();
  const state = page.getByTestId("console-state");
  await expect(state).toHaveAttribute("data-state", "open", { timeout: 30_000 });
  const screen = page.getByTestId("console-screen");
  await expect(screen.locator("canvas")).toBeVisible();
  await screenshot(page, "console-screen");

  await page.getByRole("button", { name: "Serial port" }).click();
  await expect(page).toHaveURL(/kind=SERIAL/);
  await expect(state).toHaveAttribute("data-state", "open", { timeout: 30_000 });
  await expect(screen.locator(".xterm")).toBeVisible();
  await screen.locator("textarea").focus();
  await page.keyboard.type("echo typed-$((6 * 7))\n");
  await expect(screen).toContainText("typed-42", { timeout: 30_000 });
  await screenshot(page, "console-serial");
});

test("what the VM said on its network, before and after it moved, is on the page of traffic", async () => {
  test.skip(process.env["MESETA_URL"] === undefined, "the mock has no traffic");
  await page.getByRole("link", { name: "East-west traffic" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "East-west traffic" })).toBeVisible();
  // When its network came up it asked for routers, as every guest does.
  await expect(page.getByRole("grid").getByRole("link", { name: vmName }).first()).toBeVisible();
  await screenshot(page, "traffic");
  await page.getByRole("button", { name: "Matrix" }).click();
  await expect(page.getByText(vmName).first()).toBeVisible();
  await screenshot(page, "traffic-matrix");
});

test("the VM is shut down and deleted after its name is typed", async () => {
  await page.goto("/vms");
  await page.getByRole("link", { name: vmName }).click();
  await page.getByRole("button", { name: "Actions", exact: true }).click();
  await page.getByRole("menuitem", { name: "Power off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Power off" }).click();
  await expect(page.locator(".meseta-heading [data-status]")).toHaveAttribute("data-status", "DOWN", { timeout: 60_000 });
  const actions = page.getByRole("button", { name: "Actions", exact: true });
  await actions.click();
  const remove = page.getByRole("menuitem", { name: "Delete" });
  await expect(remove).not.toHaveAttribute("aria-disabled", "true");
  await remove.click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Delete" });
  await expect(confirm).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("textbox").fill(vmName);
  await screenshot(page, "delete");
  await confirm.click();
  await page.goto("/vms");
  await expect(page.locator(`[data-row="${vmName}"]`)).toHaveCount(0, { timeout: 60_000 });
});

test("nobody stays logged in after logging out, and the browser had nothing to complain about", async () => {
  await page.getByRole("button", { name: `Account of ${username}` }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
  await page.goto("/hosts");
  await expect(page.getByLabel("Password")).toBeVisible();
  expect(found).toEqual([]);
});
