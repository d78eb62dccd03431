import { useEffect } from "react";

const PRODUCT = "Meseta";

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined || title === "" ? PRODUCT : `${title} · ${PRODUCT}`;
  }, [title]);
}
