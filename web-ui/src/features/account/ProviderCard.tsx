import { useTranslation } from "react-i18next";
import { useProviderName } from "../../shared/signin/Provider";
import { Section } from "./Section";

/** Instead of the cards of passwords and second factors, for whoever signs in elsewhere. */
export function ProviderCard() {
  const { t } = useTranslation();
  const name = useProviderName() ?? t("account.provider.unnamed");
  return (
    <Section
      id="provider"
      title={t("account.provider.title", { name })}
      help={t("account.provider.help", { name })}
    />
  );
}
