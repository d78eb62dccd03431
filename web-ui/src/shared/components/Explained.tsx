import { Tooltip } from "@patternfly/react-core";
import type { ReactElement } from "react";

/** Says on hover and focus why something cannot be used. */
export function Explained({ reason, children }: { reason: string | undefined; children: ReactElement<unknown> }) {
  return reason === undefined ? children : <Tooltip content={reason}>{children}</Tooltip>;
}
