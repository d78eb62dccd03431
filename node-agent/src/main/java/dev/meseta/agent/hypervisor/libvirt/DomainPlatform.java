package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.HostFacts.Acceleration;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What a host adds to a definition to make it a domain.
 *
 * @param machine {@code q35}, or the versioned machine type that a running domain has
 * @param serialSockets folder for the sockets of serial ports
 * @param cacheFor how to cache a disk
 */
record DomainPlatform(
        Acceleration acceleration,
        Path emulator,
        String machine,
        Path serialSockets,
        Function<Path, DiskCache> cacheFor) {

    static final String NEWEST_MACHINE = "q35";

    DomainPlatform withMachine(String other) {
        return new DomainPlatform(acceleration, emulator, other, serialSockets, cacheFor);
    }
}
