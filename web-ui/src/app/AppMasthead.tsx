import {
  Label,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  NotificationBadge,
  NotificationBadgeVariant,
  PageToggleButton,
  Spinner,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
  Tooltip,
} from "@patternfly/react-core";
import { TasksIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useRecentTasks } from "../features/tasks/drawer/TaskDrawer";
import { LanguageSwitch } from "../shared/components/LanguageSwitch";
import { ThemeSwitch } from "../shared/components/ThemeSwitch";
import { useStreamState } from "../shared/events/useEventStream";
import { isFinal } from "../shared/tasks/tasks";
import { UserMenu } from "./UserMenu";

const PRODUCT = "Meseta";

/** Says whether what the page shows is live; quiet while it is. */
function StreamIndicator() {
  const { t } = useTranslation();
  const state = useStreamState();
  return (
    <div role="status" data-testid="stream-state" data-state={state}>
      {state === "live" ? (
        <Tooltip content={t("stream.liveBody")}>
          <Label isCompact status="success" variant="outline" tabIndex={0}>
            {t("stream.live")}
          </Label>
        </Tooltip>
      ) : (
        <Tooltip content={t("stream.reconnectingBody")}>
          <Label
            isCompact
            color="orange"
            icon={<Spinner isInline size="sm" aria-hidden />}
            tabIndex={0}
          >
            {t(`stream.${state}`)}
          </Label>
        </Tooltip>
      )}
    </div>
  );
}

export function AppMasthead({ isDrawerOpen, onDrawer }: { isDrawerOpen: boolean; onDrawer: () => void }) {
  const { t } = useTranslation();
  const running = (useRecentTasks().data?.items ?? []).filter((task) => !isFinal(task.state)).length;
  return (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton isHamburgerButton aria-label={t("shell.toggleNavigation")} />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={(props) => <Link {...props} to="/" className="meseta-logo" />}>
            <img src="/favicon.svg" alt="" width="32" height="32" />
            <span>{PRODUCT}</span>
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isStatic>
          <ToolbarContent>
            <ToolbarGroup align={{ default: "alignEnd" }} variant="action-group-plain">
              <ToolbarItem alignSelf="center">
                <StreamIndicator />
              </ToolbarItem>
              <ToolbarItem>
                <Tooltip content={t("tasks.running", { count: running })} position="bottom" aria="none">
                  <NotificationBadge
                    variant={running > 0 ? NotificationBadgeVariant.unread : NotificationBadgeVariant.read}
                    count={running}
                    icon={<TasksIcon />}
                    aria-label={t("tasks.drawerToggle", { count: running })}
                    aria-expanded={isDrawerOpen}
                    isExpanded={isDrawerOpen}
                    onClick={onDrawer}
                  />
                </Tooltip>
              </ToolbarItem>
              <ToolbarItem>
                <ThemeSwitch />
              </ToolbarItem>
              <ToolbarItem>
                <LanguageSwitch />
              </ToolbarItem>
              <ToolbarItem>
                <UserMenu />
              </ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );
}
