import { LoginPage } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "../components/LanguageSwitch";
import { ThemeSwitch } from "../components/ThemeSwitch";

/** The page of whoever may see nothing else yet. */
export function SignInFrame({ title, subtitle, children }: { title: string; subtitle: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <LoginPage
      loginTitle={title}
      loginSubtitle={subtitle}
      brandImgSrc="/favicon.svg"
      brandImgAlt=""
      textContent={t("login.about")}
      headerUtilities={
        <div className="meseta-login-switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      }
    >
      {children}
    </LoginPage>
  );
}
