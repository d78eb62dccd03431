import { expect, test, type Locator, type Page } from "@playwright/test";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Against several real managers, which this test kills: MESETA_MANAGERS is [{"name", "url", "pid"}, …], the first of them
// the one at MESETA_URL.
interface RunningManager {
  name: string;
  url: string;
  pid: number;
}

const managers = JSON.parse(process.env["MESETA_MANAGERS"] ?? "[]") as RunningManager[];
const hosts = Number(process.env["MESETA_HOSTS"] ?? 0);
const username = process.env["MESETA_USERNAME"] ?? "admin";
const passwordFile = process.env["MESETA_PASSWORD_FILE"] ?? "";
const screenshots = process.env["MESETA_SCREENSHOTS"];

/** A lease, and a little for a machine that is busy. */
const FENCED_WITHIN_MS = 30_000;

async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshots !== undefined) {
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
}

function manager(index: number): RunningManager {
  const found = managers[index];
  if (found === undefined) throw new Error(`there is no manager ${index}`);
  return found;
}

function row(page: Page, index: number): Locator {
  return page.locator(`[data-row="${manager(index).name}"]`);
}

function state(page: Page, index: number): Locator {
  return row(page, index).locator("[data-status]");
}

async function watched(page: Page, index: number): Promise<number> {
  const text = (await row(page, index).locator('[data-label="Hosts watched"]').textContent()) ?? "";
  return Number(/of ([\d,]+)/.exec(text)?.[1]?.replace(",", "") ?? Number.NaN);
}

test.describe.configure({ mode: "serial" });
test.skip(managers.length < 3, "needs three managers of its own");

let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.goto("/managers");
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill(readFileSync(passwordFile, "utf8").trim());
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Managers" })).toBeVisible();
});

test.afterAll(async () => {
  await page.close();
});

test("three managers share the hosts, and the page says which of them answers it", async () => {
  for (const index of [0, 1, 2]) {
    await expect(state(page, index)).toHaveAttribute("data-status", "LIVING");
  }
  await expect(row(page, 0)).toContainText("This page");
  await expect(async () => {
    const each = await Promise.all([0, 1, 2].map((index) => watched(page, index)));
    expect(each.reduce((sum, count) => sum + count, 0)).toBe(hosts);
    expect(Math.min(...each)).toBeGreaterThan(0);
  }).toPass();
  await screenshot(page, "managers-three");
});

test("another manager is killed: the page shows that it is gone, and that the others watch its hosts", async () => {
  process.kill(manager(1).pid, "SIGKILL");
  await expect(state(page, 1)).toHaveAttribute("data-status", "FENCED", { timeout: FENCED_WITHIN_MS });
  await expect(async () => {
    expect((await watched(page, 0)) + (await watched(page, 2))).toBe(hosts);
    expect(await watched(page, 1)).toBe(0);
  }).toPass();
  await expect(page.getByTestId("stream-state")).toHaveAttribute("data-state", "live");
  await screenshot(page, "managers-one-fenced");
});

test("the manager of the page is killed: the page says so and leads to the one that is left", async () => {
  process.kill(manager(0).pid, "SIGKILL");
  await expect(page.getByTestId("stream-state")).toHaveAttribute("data-state", "reconnecting");
  await expect(page.getByText("The manager of this page does not answer")).toBeVisible();
  await expect(row(page, 0)).toContainText("Does not answer");
  const way = page.getByRole("link", { name: `Open the page of ${manager(2).name}` }).first();
  await expect(way).toHaveAttribute("href", `${manager(2).url}/managers`);
  await screenshot(page, "managers-away");

  await way.click();
  await expect(page.getByRole("heading", { level: 1, name: "Managers" })).toBeVisible();
  await expect(page.getByTestId("stream-state")).toHaveAttribute("data-state", "live");
  await expect(row(page, 2)).toContainText("This page");
  await expect(state(page, 0)).toHaveAttribute("data-status", "FENCED", { timeout: FENCED_WITHIN_MS });
  await expect(async () => {
    expect(await watched(page, 2)).toBe(hosts);
  }).toPass();
  await screenshot(page, "managers-last");
});
