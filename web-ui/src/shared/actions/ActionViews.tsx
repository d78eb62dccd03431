import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle, ToolbarItem } from "@patternfly/react-core";
import { EllipsisVIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Explained } from "../components/Explained";
import { usePermission } from "../session/session";
import { applicable, nameOf, unavailable, type Action, type Named } from "./action";
import type { ActionRunner } from "./useActions";

interface Props<T extends Named> {
  actions: Action<T>[];
  item: T;
  runner: ActionRunner<T>;
}

/** The menu behind the three dots. */
export function ActionMenu<T extends Named>({
  actions,
  item,
  runner,
  isPlain = true,
}: Props<T> & { isPlain?: boolean }) {
  const { t } = useTranslation();
  const allowed = usePermission();
  const [isOpen, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: "right", appendTo: () => document.body }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant={isPlain ? "plain" : "default"}
          isExpanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          aria-label={isPlain ? t("actions.menuOf", { name: nameOf(item) }) : undefined}
          icon={isPlain ? <EllipsisVIcon /> : undefined}
        >
          {isPlain ? undefined : t("actions.more")}
        </MenuToggle>
      )}
    >
      <DropdownList>
        {actions.filter(({ isShown }) => isShown?.(item) ?? true).map((action) => {
          const reason = unavailable(action, item, allowed);
          return (
            <DropdownItem
              key={action.id}
              isDanger={action.isDanger === true && reason === undefined}
              isAriaDisabled={reason !== undefined}
              tooltipProps={
                reason === undefined ? undefined : { content: t(reason.key, reason.values), position: "left" }
              }
              onClick={() => runner.run(action, [item])}
            >
              {t(action.label)}
            </DropdownItem>
          );
        })}
      </DropdownList>
    </Dropdown>
  );
}

/** The buttons of a details page: prominent actions each, the others in a menu. */
export function ActionToolbar<T extends Named>({ actions, item, runner }: Props<T>) {
  const { t } = useTranslation();
  const allowed = usePermission();
  const rest = actions.filter((action) => action.isProminent !== true);
  return (
    <div className="meseta-actions">
      {actions
        .filter((action) => action.isProminent === true)
        .map((action) => {
          const reason = unavailable(action, item, allowed);
          return (
            <Explained key={action.id} reason={reason && t(reason.key, reason.values)}>
              <Button
                variant={action.isDanger === true ? "danger" : "secondary"}
                isAriaDisabled={reason !== undefined}
                onClick={() => runner.run(action, [item])}
              >
                {t(action.label)}
              </Button>
            </Explained>
          );
        })}
      {rest.length > 0 && <ActionMenu actions={rest} item={item} runner={runner} isPlain={false} />}
    </div>
  );
}

/** The buttons for the selected rows of a list. */
export function BulkBar<T extends Named>({
  actions,
  selected,
  runner,
}: {
  actions: Action<T>[];
  selected: T[];
  runner: ActionRunner<T>;
}) {
  const { t } = useTranslation();
  const allowed = usePermission();
  return (
    <>
      <ToolbarItem alignSelf="center">{t("bulk.selected", { count: selected.length })}</ToolbarItem>
      {actions
        .filter((action) => action.isBulk === true)
        .map((action) => {
          const { items, reason } = applicable(action, selected, allowed);
          const blocked = items.length === 0;
          return (
            <ToolbarItem key={action.id}>
              <Explained reason={blocked && reason ? t(reason.key, reason.values) : undefined}>
                <Button
                  variant={action.isDanger === true ? "danger" : "secondary"}
                  isAriaDisabled={blocked}
                  onClick={() => runner.run(action, items)}
                >
                  {items.length === selected.length || blocked
                    ? t(action.label)
                    : t("bulk.some", { action: t(action.label), able: items.length, total: selected.length })}
                </Button>
              </Explained>
            </ToolbarItem>
          );
        })}
    </>
  );
}
