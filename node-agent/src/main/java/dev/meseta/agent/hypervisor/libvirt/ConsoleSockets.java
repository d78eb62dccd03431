package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.ConsoleKind;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtDomain;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The sockets at which QEMU answers for a guest's screen and serial port. Only root and QEMU's user can open them. */
final class ConsoleSockets {

    private final LibvirtSettings settings;

    ConsoleSockets(LibvirtSettings settings) {
        this.settings = settings;
    }

    /** Before a domain with a serial port is started here, or arrives. */
    void makeFolder() {
        Path folder = here(settings.serialSockets());
        try {
            if (!Files.isDirectory(folder)) {
                // Root alone may list it; QEMU's user may pass through.
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
            }
        } catch (IOException e) {
            throw new HypervisorException(Code.HYPERVISOR_ERROR, "the folder " + folder + " cannot be made", e);
        }
    }

    /** @throws HypervisorException NOT_SUPPORTED when the domain has no such console, HYPERVISOR_ERROR when it does not answer */
    ByteChannel open(LibvirtDomain domain, ConsoleKind kind) {
        Document xml = DomainMetadata.parseXml(domain.xml());
        Path socket = (kind == ConsoleKind.VNC ? vnc(xml) : serial(xml))
                .map(Path::of)
                .orElseThrow(() -> new HypervisorException(
                        Code.NOT_SUPPORTED, "domain %s has no %s console".formatted(domain.uuid(), kind)));
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                if (!channel.connect(UnixDomainSocketAddress.of(here(socket)))) {
                    throw new IOException("not connected");
                }
                return new ConsoleChannel(channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new HypervisorException(
                    Code.HYPERVISOR_ERROR,
                    "the %s console of domain %s does not answer: %s".formatted(kind, domain.uuid(), e.getMessage()),
                    e);
        }
    }

    private static Optional<String> vnc(Document xml) {
        return elements(xml, "graphics")
                .filter(graphics -> graphics.getAttribute("type").equals("vnc"))
                .map(graphics -> graphics.getAttribute("socket"))
                .filter(path -> !path.isEmpty())
                .findFirst();
    }

    private static Optional<String> serial(Document xml) {
        return elements(xml, "serial")
                .filter(serial -> serial.getAttribute("type").equals("unix"))
                .map(serial -> serial.getElementsByTagName("source"))
                .filter(sources -> sources.getLength() == 1)
                .map(sources -> ((Element) sources.item(0)).getAttribute("path"))
                .filter(path -> !path.isEmpty())
                .findFirst();
    }

    private static Stream<Element> elements(Document xml, String name) {
        var found = xml.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(index -> (Element) found.item(index));
    }

    private Path here(Path atLibvirtd) {
        return settings.root().resolve(Path.of("/").relativize(atLibvirtd));
    }
}
