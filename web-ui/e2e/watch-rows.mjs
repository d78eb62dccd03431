// Opens the list of VMs in a real browser and prints, as a line of JSON, every change of a row's status with the moment it
// was in the page (milliseconds since 1970 by this machine's clock). Ends with its standard input.
// MESETA_URL, MESETA_USERNAME, MESETA_PASSWORD_FILE; MESETA_LIST: the address of the list.
import { chromium } from "@playwright/test";
import { readFileSync } from "node:fs";

const { MESETA_URL: url, MESETA_USERNAME: username, MESETA_PASSWORD_FILE: passwordFile } = process.env;
const list = process.env["MESETA_LIST"] ?? "/vms";

const browser = await chromium.launch({
  executablePath: process.env["MESETA_CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
process.stdin.on("end", () => void browser.close());
process.stdin.resume();

const page = await browser.newPage({ baseURL: url, ignoreHTTPSErrors: true, locale: "en-US", viewport: { width: 1440, height: 900 } });
await page.exposeFunction("tell", (line) => process.stdout.write(`${JSON.stringify(line)}\n`));
await page.goto("/");
await page.getByLabel("User name").fill(username);
await page.getByLabel("Password").fill(readFileSync(passwordFile, "utf8").trim());
await page.getByRole("button", { name: "Log in", exact: true }).click();
await page.getByRole("heading", { level: 1, name: "Virtual machines" }).waitFor();
await page.goto(list);
await page.locator("[data-row]").first().waitFor();
await page.locator('[data-testid="stream-state"][data-state="live"]').waitFor();
await page.evaluate(() => {
  const shown = new Map();
  const look = () => {
    const at = performance.timeOrigin + performance.now();
    for (const row of document.querySelectorAll("[data-row]")) {
      const name = row.getAttribute("data-row");
      const status = row.querySelector("[data-status]")?.getAttribute("data-status") ?? "";
      if (shown.get(name) !== status) {
        shown.set(name, status);
        void globalThis.tell({ row: name, status, at });
      }
    }
  };
  look();
  new MutationObserver(look).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-status", "data-row"],
  });
});
process.stdout.write('{"ready":true}\n');
