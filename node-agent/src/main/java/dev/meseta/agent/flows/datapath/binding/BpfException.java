package dev.meseta.agent.flows.datapath.binding;

import java.io.Serial;

/** A call of libbpf, or of the kernel beneath it, failed. */
public final class BpfException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int code;

    BpfException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** {@code errno}, positive; see {@link ErrorNumbers}. */
    public int code() {
        return code;
    }
}
