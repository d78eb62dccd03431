package dev.meseta.agent.hypervisor.libvirt.binding;

/** Numbers of {@code virDomainState} and its reasons, as far as the driver tells them apart. */
public final class LibvirtStates {

    public static final int RUNNING = 1;
    public static final int BLOCKED = 2;
    public static final int PAUSED = 3;
    public static final int SHUTDOWN = 4;
    public static final int SHUTOFF = 5;
    public static final int CRASHED = 6;
    public static final int SUSPENDED_BY_GUEST = 7;

    public static final int RUNNING_POST_COPY = 10;
    public static final int RUNNING_POST_COPY_FAILED = 11;

    public static final int PAUSED_USER = 1;
    public static final int PAUSED_MIGRATION = 2;
    public static final int PAUSED_IO_ERROR = 5;
    public static final int PAUSED_CRASHED = 10;
    public static final int PAUSED_STARTING_UP = 11;
    public static final int PAUSED_POST_COPY = 12;
    public static final int PAUSED_POST_COPY_FAILED = 13;

    private LibvirtStates() {}
}
