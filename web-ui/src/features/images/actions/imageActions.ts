import type { Image, Task } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { api } from "../../../shared/http/client";

export const imageActions: Action<Image>[] = [
  {
    id: "delete",
    label: "images.delete",
    permission: "IMAGE_DELETE",
    isDanger: true,
    isBulk: true,
    disabledReason: (image) => (image.status === "IMPORTING" ? { key: "images.reason.importing" } : undefined),
    confirm: { title: "images.confirmDelete", body: "images.confirmDeleteBody", typeName: true },
    call: (image) => api.delete<Task>(`/images/${image.id}`, { version: image.version }),
  },
];
