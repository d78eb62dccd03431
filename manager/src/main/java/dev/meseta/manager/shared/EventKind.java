package dev.meseta.manager.shared;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Every kind of event there is. Kinds are never renamed. */
public enum EventKind {
    VM_CHANGED,
    HOST_CHANGED,
    IMAGE_CHANGED,
    MANAGER_CHANGED,
    TASK_CHANGED,
    /** Only shown: the numbers of a running task. */
    TASK_PROGRESS,
    /** Only shown: how busy a host is. */
    HOST_STATISTICS,
    /** First in every stream, with the id of the newest event. */
    STREAM_READY,
    /** This stream has lost events: what was read before may be old. */
    STREAM_LOST;

    /** As it is written in events: {@code vm.changed}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** All of them, as they are written. */
    public static List<String> texts() {
        return Arrays.stream(values()).map(EventKind::text).toList();
    }
}
