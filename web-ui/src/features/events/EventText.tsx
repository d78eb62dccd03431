import { useTranslation } from "react-i18next";
import type { MesetaEvent } from "../../api/types";
import { useErrorWords, useVmReason } from "../../shared/i18n/words";

/** A text of an event's data; its shape depends on the kind. */
function textOf(event: MesetaEvent, name: string): string {
  const value = event.data[name];
  return typeof value === "string" ? value : "";
}

/** What happened, in the reader's language. */
function useHeadline(): (event: MesetaEvent) => string {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const ofTask = (event: MesetaEvent): string => {
    const kind = textOf(event, "kind");
    const state = textOf(event, "state");
    const phase = textOf(event, "phase");
    const reached =
      state === "RUNNING"
        ? t(`phase.${phase}`, { defaultValue: phase })
        : t(`status.task.${state}`, { defaultValue: state });
    const title = `${t(`taskKind.${kind}`, { defaultValue: kind })} ${textOf(event, "targetName")}`;
    return [`${title}: ${reached}`, event.code && errorWords(event.code)].filter(Boolean).join(". ");
  };
  return (event) => {
    const status = textOf(event, "status");
    if (event.kind === "task.changed" && textOf(event, "kind") !== "") {
      return ofTask(event);
    }
    if (event.code !== "") {
      return t(`eventCode.${event.code}`, { defaultValue: errorWords(event.code) || event.message || event.code });
    }
    if (status === "") {
      return t(`eventKind.${event.kind}`, { defaultValue: event.message || event.kind });
    }
    const of = event.objectKind;
    return t("events.isNow", { status: t(`status.${of}.${status}`, { defaultValue: status }) });
  };
}

/** What the manager adds, where it is more than the headline says already. */
function useAddition(): (event: MesetaEvent) => string {
  const vmReason = useVmReason();
  return (event) => {
    const isTold = event.kind === "task.changed" && event.severity !== "ERROR";
    return isTold ? "" : vmReason(event.message);
  };
}

export function EventText({ event }: { event: MesetaEvent }) {
  const headline = useHeadline()(event);
  const addition = useAddition()(event);
  const { t } = useTranslation();
  return (
    <>
      {headline}
      {addition !== "" && addition !== headline && <div className="meseta-addition">{addition}</div>}
      {event.code !== "" && (
        <div className="meseta-addition">
          {t("problem.code")} <code>{event.code}</code>
        </div>
      )}
    </>
  );
}
