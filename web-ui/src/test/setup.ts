import { afterEach } from "vitest";
import { cleanup } from "@testing-library/react";
import { startTranslations } from "../shared/i18n/i18n";

await startTranslations();
afterEach(cleanup);
