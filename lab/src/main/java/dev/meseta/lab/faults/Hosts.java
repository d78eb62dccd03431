package dev.meseta.lab.faults;

import dev.meseta.lab.faults.Evidence.Guest;
import dev.meseta.lab.faults.Evidence.Reset;
import dev.meseta.lab.faults.Evidence.Run;
import java.util.List;
import java.util.Set;

/** The hosts of a data center, as victims and as witnesses. For any number of threads. */
interface Hosts extends AutoCloseable {

    List<String> names();

    /** Kinds of faults that these hosts can have. */
    Set<FaultKind> kinds();

    /**
     * Begins a fault.
     *
     * @param chance 0 to 1, for whatever is left to chance
     * @return what was done, for the history
     */
    String begin(FaultKind kind, String host, double chance);

    /** Ends it. */
    void end(FaultKind kind, String host);

    /** Ends every fault, whatever became of it, and starts all that was stopped. */
    void heal();

    /** Every run of a guest so far. */
    List<Run> runs();

    /** Every reset of a guest so far, where hosts tell. */
    List<Reset> resets();

    /** The guests there are now, past every fault. */
    List<Guest> guests();

    @Override
    void close();
}
