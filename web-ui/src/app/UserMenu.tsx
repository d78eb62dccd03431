import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { UserIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useLogOut, useSession } from "../shared/session/session";

export function UserMenu() {
  const { t } = useTranslation();
  const { username } = useSession();
  const logOut = useLogOut();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={isOpen}
      onOpenChange={setOpen}
      popperProps={{ position: "right" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plainText"
          icon={<UserIcon />}
          isExpanded={isOpen}
          aria-label={t("shell.userMenu", { username })}
          onClick={() => setOpen(!isOpen)}
        >
          {username}
        </MenuToggle>
      )}
    >
      <DropdownList>
        <DropdownItem
          onClick={() => {
            setOpen(false);
            void navigate("/account");
          }}
        >
          {t("shell.account")}
        </DropdownItem>
        <DropdownItem onClick={() => void logOut()}>{t("shell.logOut")}</DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}
