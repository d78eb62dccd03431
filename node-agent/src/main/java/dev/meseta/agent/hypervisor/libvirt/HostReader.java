package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.Capability;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.HostFacts.Condition;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtConnection;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtException;
import dev.meseta.agent.hypervisor.libvirt.binding.NodeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Describes the host. */
final class HostReader {

    static final String KVM_DEVICE_NOT_OPENABLE = "KVM_DEVICE_NOT_OPENABLE";

    private static final System.Logger LOG = System.getLogger(HostReader.class.getName());
    private static final Path USERFAULTFD_FOR_ALL = Path.of("/proc/sys/vm/unprivileged_userfaultfd");
    private static final long KIBIBYTE = 1024;
    private static final long VERSION_STEP = 1000;
    private static final String ARCHITECTURE = "x86_64";

    private final LibvirtSettings settings;
    private final AccelerationProbe.Result acceleration;

    HostReader(LibvirtSettings settings, AccelerationProbe.Result acceleration) {
        this.settings = settings;
        this.acceleration = acceleration;
    }

    HostFacts facts(LibvirtConnection connection) {
        NodeInfo node = connection.nodeInfo();
        return new HostFacts(
                connection.hostname(),
                firstLine(settings.bootId()),
                System.getProperty("os.version"),
                "libvirt " + version(connection.libvirtVersion()),
                "QEMU " + version(connection.emulatorVersion()),
                node.cpus(),
                processorModel(),
                node.memoryKibibytes() * KIBIBYTE,
                acceleration.acceleration(),
                conditions());
    }

    Set<Capability> capabilities(LibvirtConnection connection) {
        Set<Capability> capabilities = EnumSet.of(Capability.LIVE_MIGRATION, Capability.AUTO_CONVERGE);
        if (Files.exists(settings.migrationCertificates().resolve("ca-cert.pem"))) {
            capabilities.add(Capability.MIGRATION_TLS);
        }
        if (Files.exists(USERFAULTFD_FOR_ALL) && firstLine(USERFAULTFD_FOR_ALL).equals("1")) {
            capabilities.add(Capability.POST_COPY);
        }
        if (knowsUefi(connection)) {
            capabilities.add(Capability.UEFI);
        }
        return capabilities;
    }

    private boolean knowsUefi(LibvirtConnection connection) {
        String type = acceleration.acceleration() == HostFacts.Acceleration.KVM ? "kvm" : "qemu";
        try {
            Document answer = DomainMetadata.parseXml(connection.domainCapabilities(
                    settings.emulator().toString(), ARCHITECTURE, DomainPlatform.NEWEST_MACHINE, type));
            var choices = answer.getElementsByTagName("enum");
            for (int i = 0; i < choices.getLength(); i++) {
                if (choices.item(i) instanceof Element choice
                        && choice.getAttribute("name").equals("firmware")) {
                    return choice.getTextContent().contains("efi");
                }
            }
            return false;
        } catch (LibvirtException e) {
            LOG.log(System.Logger.Level.WARNING, "libvirt does not tell what domains can have: {0}", e.getMessage());
            return false;
        }
    }

    private List<Condition> conditions() {
        List<Condition> conditions = new ArrayList<>(acceleration.conditions());
        try {
            if (new KvmAccess(settings).mayOpen().filter(may -> !may).isPresent()) {
                conditions.add(new Condition(
                        KVM_DEVICE_NOT_OPENABLE,
                        settings.qemuUser() + " cannot open " + settings.kvmDevice()
                                + ", which makes every call of libvirt take seconds; let its group read and write the"
                                + " device, or take the device away"));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Access to {0} cannot be judged: {1}", settings.kvmDevice(), e);
        }
        return conditions;
    }

    private String processorModel() {
        try {
            return Files.readAllLines(settings.processorInformation()).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw unreadable(settings.processorInformation(), e);
        }
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static HypervisorException unreadable(Path file, IOException cause) {
        return new HypervisorException(Code.HYPERVISOR_ERROR, file + " cannot be read", cause);
    }

    private static String version(long number) {
        return number / VERSION_STEP / VERSION_STEP + "." + number / VERSION_STEP % VERSION_STEP + "."
                + number % VERSION_STEP;
    }
}
