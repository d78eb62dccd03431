import {
  Alert,
  AlertActionLink,
  Button,
  Label,
  PageSection,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import type { ConsoleKind, Vm } from "../../../api/types";
import { PageHeading } from "../../../shared/components/PageHeading";
import { ProblemAlert } from "../../../shared/components/Problem";
import { Failed, Loading } from "../../../shared/components/states";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useOne } from "../../../shared/list/useList";
import { TypeText } from "./TypeText";
import { useConsole } from "./useConsole";

const KINDS: ConsoleKind[] = ["VNC", "SERIAL"];

/** Screen and keyboard of a VM, or its serial port. The kind is in the address, so that a tab can be opened again. */
export function ConsolePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const [search, setSearch] = useSearchParams();
  const kind = KINDS.find((known) => known === search.get("kind")) ?? "VNC";
  const { data: vm, error, refetch } = useOne<Vm>("vms", id);
  if (vm === undefined) {
    return (
      <>
        <PageHeading title={t("console.title")} parent={{ label: t("vms.title"), to: "/vms" }} />
        {error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />}
      </>
    );
  }
  return (
    <>
      <PageHeading
        title={t("console.titleOf", { name: vm.name })}
        parent={{ label: vm.name, to: `/vms/${vm.id}` }}
        labels={<StatusLabel of="vm" value={vm.status} />}
        actions={
          <ToggleGroup aria-label={t("console.kind")}>
            {KINDS.map((each) => (
              <ToggleGroupItem
                key={each}
                buttonId={`console-${each}`}
                text={t(`console.kinds.${each}`)}
                isSelected={each === kind}
                onChange={() => setSearch({ kind: each }, { replace: true })}
              />
            ))}
          </ToggleGroup>
        }
      />
      <PageSection isFilled className="meseta-console">
        <ConsoleView key={kind} vm={vm} kind={kind} />
      </PageSection>
    </>
  );
}

function ConsoleView({ vm, kind }: { vm: Vm; kind: ConsoleKind }) {
  const { t } = useTranslation();
  const { state, target, screen, reconnect, disconnect } = useConsole(vm.id, kind);
  const [isTypingText, setTypingText] = useState(false);
  const hasMoved = state.phase === "ended" && state.reason === "CONSOLE_MOVED";

  // The guest goes on where it is now, and so does whoever looks at it.
  useEffect(() => {
    if (hasMoved && vm.status === "UP") {
      reconnect();
    }
  }, [hasMoved, vm.status, reconnect]);

  return (
    <>
      <div className="meseta-console-bar">
        <Label
          color={state.phase === "open" ? "green" : "grey"}
          data-testid="console-state"
          data-state={state.phase}
          aria-live="polite"
        >
          {t(`console.state.${state.phase}`)}
        </Label>
        {kind === "VNC" && (
          <Button
            variant="secondary"
            isDisabled={state.phase !== "open"}
            onClick={() => {
              screen.current?.sendCtrlAltDel?.();
              screen.current?.focus();
            }}
          >
            {t("console.ctrlAltDel")}
          </Button>
        )}
        <Button variant="secondary" isDisabled={state.phase !== "open"} onClick={() => setTypingText(true)}>
          {t("console.typeText.open")}
        </Button>
        <Button
          variant="secondary"
          isDisabled={state.phase !== "open"}
          onClick={() => {
            void target.current?.requestFullscreen().then(() => screen.current?.focus());
          }}
        >
          {t("console.fullScreen")}
        </Button>
        <Button variant="secondary" isDisabled={state.phase !== "open"} onClick={disconnect}>
          {t("console.disconnect")}
        </Button>
      </div>
      {isTypingText && (
        <TypeText
          type={async (text) => screen.current?.type(text)}
          close={() => {
            setTypingText(false);
            screen.current?.focus();
          }}
        />
      )}
      {state.phase === "failed" && (
        <ProblemAlert title={t("console.failed")} error={state.error} />
      )}
      {state.phase === "ended" && (
        <Alert
          isInline
          variant={hasMoved || state.reason === "DISCONNECTED" ? "info" : "warning"}
          title={t(`console.ended.${state.reason}`, { defaultValue: t("console.ended.other") })}
          actionLinks={
            <AlertActionLink component="button" onClick={reconnect}>
              {t("console.connect")}
            </AlertActionLink>
          }
        >
          {t(`console.endedBody.${state.reason}`, { defaultValue: t("console.endedBody.other") })}
        </Alert>
      )}
      {state.phase === "failed" && (
        <Button variant="primary" onClick={reconnect}>
          {t("console.connect")}
        </Button>
      )}
      <div
        ref={target}
        className={`meseta-screen meseta-screen--${kind.toLowerCase()}`}
        role="application"
        aria-label={t("console.titleOf", { name: vm.name })}
        data-testid="console-screen"
      />
    </>
  );
}
