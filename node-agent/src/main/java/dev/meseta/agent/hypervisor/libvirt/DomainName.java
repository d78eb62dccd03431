package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.DomainDefinition;
import java.util.Locale;
import java.util.UUID;

/**
 * libvirt's name of a domain. A VM's own name cannot be it: libvirt forbids some characters, makes file names of it, and
 * wants it unique on the host, where a renamed VM and a new one of its old name may meet. So it is what of the name is
 * harmless, for people who read {@code virsh list}, and the last part of the id. The name itself is in the title and in
 * the metadata.
 */
final class DomainName {

    private static final int READABLE_LENGTH = 40;

    private DomainName() {}

    static String of(DomainDefinition definition) {
        String readable = definition.name().replaceAll("[^A-Za-z0-9_.-]+", "-").replaceAll("^[-.]+|[-.]+$", "");
        String kept = readable.length() > READABLE_LENGTH ? readable.substring(0, READABLE_LENGTH) : readable;
        return (kept.isEmpty() ? "vm" : kept) + "-" + suffix(definition.vmId());
    }

    /** libvirt's title is one line. */
    static String title(DomainDefinition definition) {
        return definition.name().replaceAll("\\R", " ");
    }

    private static String suffix(UUID vmId) {
        String text = vmId.toString().toLowerCase(Locale.ROOT);
        return text.substring(text.lastIndexOf('-') + 1);
    }
}
