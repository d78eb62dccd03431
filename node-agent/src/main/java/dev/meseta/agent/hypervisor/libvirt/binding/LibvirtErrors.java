package dev.meseta.agent.hypervisor.libvirt.binding;

/** The {@code virErrorNumber}s that the driver branches on. */
public final class LibvirtErrors {

    /** Not libvirt's: the library is missing or lacks a function. */
    public static final int LIBRARY_MISSING = -1;

    public static final int INTERNAL_ERROR = 1;
    public static final int NO_SUPPORT = 3;
    public static final int OPERATION_FAILED = 9;
    public static final int DOMAIN_EXISTS = 28;
    public static final int NO_DOMAIN = 42;
    public static final int OPERATION_INVALID = 55;
    public static final int CONFIGURATION_UNSUPPORTED = 67;
    public static final int ARGUMENT_UNSUPPORTED = 74;
    public static final int OPERATION_ABORTED = 78;
    public static final int NO_DOMAIN_METADATA = 80;
    public static final int OPERATION_UNSUPPORTED = 84;

    private LibvirtErrors() {}
}
