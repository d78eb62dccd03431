package dev.meseta.lab.stack;

import java.io.PrintWriter;

/** Tells a person what is being done, as it is done. */
public final class Progress {

    private final PrintWriter out;
    private final long started = System.nanoTime();

    public Progress(PrintWriter out) {
        this.out = out;
    }

    /** Says what begins now; the number before it is seconds since the beginning of the command. */
    public void step(String what) {
        out.printf("%5.1fs  %s%n", (System.nanoTime() - started) / 1e9, what);
        out.flush();
    }
}
