import { Alert, AlertActionLink, PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import type { Manager } from "../../api/types";
import { useStreamState } from "../../shared/events/useEventStream";
import { useList } from "../../shared/list/useList";
import { usePermission } from "../../shared/session/session";

/**
 * Where to go on when the manager that this page came from does not answer: to the same page of the others, whose
 * addresses were read while it did.
 */
export function OtherManagers() {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  const isAllowed = usePermission()("MANAGER_READ");
  const { data } = useList<Manager>("managers", { q: "state:LIVING", sort: "name" }, isAllowed);
  const others = (data?.items ?? []).filter((manager) => !manager.answering && manager.url !== "");
  if (useStreamState() !== "reconnecting" || others.length === 0) {
    return null;
  }
  return (
    <PageSection>
      <Alert
        variant="warning"
        isInline
        isLiveRegion
        title={t("managers.away")}
        actionLinks={others.map((manager) => (
          <AlertActionLink key={manager.id} component="a" href={manager.url + pathname + search}>
            {t("managers.open", { name: manager.name })}
          </AlertActionLink>
        ))}
      >
        {t("managers.awayBody")}
      </Alert>
    </PageSection>
  );
}
