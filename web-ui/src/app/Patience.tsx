import { Alert, PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useIsWaiting } from "../shared/http/patience";

/** Says that the page waits because the manager told it to. */
export function Patience() {
  const { t } = useTranslation();
  if (!useIsWaiting()) {
    return null;
  }
  return (
    <PageSection>
      <Alert variant="warning" isInline isLiveRegion title={t("stream.waiting")}>
        {t("stream.waitingBody")}
      </Alert>
    </PageSection>
  );
}
