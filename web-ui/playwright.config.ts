import { defineConfig } from "@playwright/test";

// Against a running manager: MESETA_URL, MESETA_USERNAME, MESETA_PASSWORD_FILE. Without MESETA_URL the mock is started.
const url = process.env["MESETA_URL"];
// Where Chromium looks for a host name, as its --host-resolver-rules.
const hostRules = process.env["MESETA_HOST_RULES"];
const MOCK_URL = "http://127.0.0.1:8899";

export default defineConfig({
  testDir: "e2e",
  outputDir: process.env["MESETA_TEST_RESULTS"] ?? "test-results",
  // The tests follow one VM through its life.
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    baseURL: url ?? MOCK_URL,
    // The manager's certificate comes from its own authority, which this browser does not know.
    ignoreHTTPSErrors: true,
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    actionTimeout: 20_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["MESETA_CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        ...(hostRules === undefined ? [] : [`--host-resolver-rules=${hostRules}`]),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer:
    url === undefined ? { command: "node e2e/mock-server.mjs", url: MOCK_URL, reuseExistingServer: false } : undefined,
});
