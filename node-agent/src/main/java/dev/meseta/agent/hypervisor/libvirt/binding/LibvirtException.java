package dev.meseta.agent.hypervisor.libvirt.binding;

import java.io.Serial;

/** A libvirt call failed. */
public final class LibvirtException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int code;
    private final int origin;

    LibvirtException(int code, int origin, String message) {
        super(message);
        this.code = code;
        this.origin = origin;
    }

    /** {@code virErrorNumber}; see {@link LibvirtErrors}. */
    public int code() {
        return code;
    }

    /** {@code virErrorDomain}: the part of libvirt that failed. */
    public int origin() {
        return origin;
    }
}
