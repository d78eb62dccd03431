package dev.meseta.agent.flows.datapath.binding;

/** The {@code errno}s that the datapath branches on. */
public final class ErrorNumbers {

    /** Not the kernel's: the library is missing or lacks a function. */
    public static final int LIBRARY_MISSING = -1;

    public static final int NO_ENTRY = 2;
    public static final int INTERRUPTED = 4;
    public static final int TRY_AGAIN = 11;
    public static final int EXISTS = 17;
    public static final int NO_DEVICE = 19;
    public static final int INVALID = 22;
    public static final int NO_SPACE = 28;
    /** Messages were lost because they were not read in time. */
    public static final int NO_BUFFER = 105;

    private ErrorNumbers() {}
}
