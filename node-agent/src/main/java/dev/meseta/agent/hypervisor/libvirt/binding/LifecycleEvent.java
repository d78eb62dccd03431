package dev.meseta.agent.hypervisor.libvirt.binding;

import java.util.UUID;

/**
 * {@code VIR_DOMAIN_EVENT_ID_LIFECYCLE}.
 *
 * @param type one of the constants here
 * @param detail depends on the type
 */
public record LifecycleEvent(UUID uuid, String name, int type, int detail) {

    public static final int STARTED = 2;
    public static final int SUSPENDED = 3;
    public static final int RESUMED = 4;
    public static final int STOPPED = 5;
    public static final int SHUTDOWN = 6;
    public static final int CRASHED = 8;

    public static final int STARTED_MIGRATED = 1;

    public static final int SUSPENDED_MIGRATED = 1;
    public static final int SUSPENDED_IO_ERROR = 2;
    public static final int SUSPENDED_POST_COPY = 7;
    public static final int SUSPENDED_POST_COPY_FAILED = 8;

    public static final int RESUMED_POST_COPY = 3;

    public static final int SHUTDOWN_BY_HOST = 2;

    public static final int STOPPED_SHUTDOWN = 0;
    public static final int STOPPED_DESTROYED = 1;
    public static final int STOPPED_CRASHED = 2;
    public static final int STOPPED_MIGRATED = 3;
    public static final int STOPPED_FAILED = 5;
}
