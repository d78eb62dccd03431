package dev.meseta.agent.host;

import dev.meseta.agent.watch.HostSample;
import java.io.IOException;

/** Tells how the host fares. For one thread. */
@FunctionalInterface
public interface HostSampling {

    /** As it is now. */
    HostSample sample() throws IOException;
}
