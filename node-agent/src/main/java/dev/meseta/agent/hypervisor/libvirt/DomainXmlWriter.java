package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainDefinition.Disk;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.DomainDefinition.Nic;
import dev.meseta.agent.hypervisor.HostFacts.Acceleration;
import java.nio.file.Path;

/**
 * Writes libvirt's domain XML. The same definition gives the same devices at the same addresses, so that the target of a
 * migration can be written from the inventory and not from what the source claims.
 */
final class DomainXmlWriter {

    /** Under TCG: a model that every x86-64 host emulates alike and that migrates. */
    private static final String EMULATED_CPU_MODEL = "qemu64";

    private static final String BALLOON_STATISTICS_SECONDS = "5";
    private static final int DISK_LETTERS = 26;

    private final DomainPlatform platform;

    DomainXmlWriter(DomainPlatform platform) {
        this.platform = platform;
    }

    /** @throws IllegalArgumentException when a text of the definition cannot be written in XML */
    String write(DomainDefinition definition) {
        XmlText xml = new XmlText();
        xml.open("domain", "type", kvm() ? "kvm" : "qemu");
        identity(xml, definition);
        firmware(xml, definition);
        processor(xml, definition);
        behaviour(xml);
        devices(xml, definition);
        return xml.close().finish();
    }

    private boolean kvm() {
        return platform.acceleration() == Acceleration.KVM;
    }

    private static void identity(XmlText xml, DomainDefinition definition) {
        xml.leaf("name", DomainName.of(definition));
        xml.leaf("uuid", definition.vmId().toString());
        xml.leaf("title", DomainName.title(definition));
        DomainMetadata.of(definition).write(xml);
        xml.leaf("memory", Long.toString(definition.memoryBytes()), "unit", "b");
        xml.leaf("currentMemory", Long.toString(definition.memoryBytes()), "unit", "b");
        xml.leaf("vcpu", Integer.toString(definition.vcpus()), "placement", "static");
    }

    private void firmware(XmlText xml, DomainDefinition definition) {
        boolean uefi = definition.firmware() == Firmware.UEFI;
        if (uefi) {
            xml.open("os", "firmware", "efi");
        } else {
            xml.open("os");
        }
        xml.leaf("type", "hvm", "arch", "x86_64", "machine", platform.machine());
        if (uefi) {
            xml.open("firmware")
                    .empty("feature", "enabled", "no", "name", "secure-boot")
                    .close();
        }
        xml.close();
    }

    private void processor(XmlText xml, DomainDefinition definition) {
        xml.open("features").empty("acpi").empty("apic").close();
        if (kvm() && definition.cpuModel().isEmpty()) {
            xml.empty("cpu", "mode", "host-model", "check", "partial");
        } else {
            String model = definition.cpuModel().orElse(EMULATED_CPU_MODEL);
            // TCG leaves out features of nearly every named model; libvirt would refuse them all with a check.
            xml.open("cpu", "mode", "custom", "match", "exact", "check", kvm() ? "partial" : "none")
                    .leaf("model", model, "fallback", "forbid")
                    .close();
        }
        xml.open("clock", "offset", "utc")
                .empty("timer", "name", "rtc", "tickpolicy", "catchup")
                .empty("timer", "name", "pit", "tickpolicy", "delay")
                .empty("timer", "name", "hpet", "present", "no")
                .close();
    }

    private static void behaviour(XmlText xml) {
        xml.leaf("on_poweroff", "destroy");
        xml.leaf("on_reboot", "restart");
        xml.leaf("on_crash", "destroy");
    }

    private void devices(XmlText xml, DomainDefinition definition) {
        xml.open("devices");
        xml.leaf("emulator", platform.emulator().toString());
        int position = 0;
        for (Disk disk : definition.disks()) {
            disk(xml, disk, position);
            position++;
        }
        if (definition.seed().isPresent()) {
            seed(xml, definition.seed().get(), position);
        }
        xml.empty("controller", "type", "usb", "index", "0", "model", "none");
        for (Nic nic : definition.nics()) {
            nic(xml, nic);
        }
        consoles(xml, definition);
        xml.open("memballoon", "model", "virtio")
                .empty("stats", "period", BALLOON_STATISTICS_SECONDS)
                .close();
        xml.open("rng", "model", "virtio")
                .leaf("backend", "/dev/urandom", "model", "random")
                .close();
        xml.close();
    }

    private void disk(XmlText xml, Disk disk, int position) {
        xml.open("disk", "type", "file", "device", "disk");
        xml.empty(
                "driver",
                "name",
                "qemu",
                "type",
                "qcow2",
                "cache",
                platform.cacheFor().apply(disk.path()).word(),
                "discard",
                "unmap");
        xml.empty("source", "file", disk.path().toString());
        xml.empty("target", "dev", deviceName(position), "bus", "virtio");
        xml.leaf("serial", disk.diskId().toString());
        xml.empty("boot", "order", Integer.toString(position + 1));
        xml.close();
    }

    private static void seed(XmlText xml, Path seed, int position) {
        xml.open("disk", "type", "file", "device", "disk");
        xml.empty("driver", "name", "qemu", "type", "raw");
        xml.empty("source", "file", seed.toString());
        xml.empty("target", "dev", deviceName(position), "bus", "virtio");
        xml.empty("readonly");
        xml.close();
    }

    private static void nic(XmlText xml, Nic nic) {
        xml.open("interface", "type", "bridge");
        xml.empty("mac", "address", nic.macAddress());
        xml.empty("source", "bridge", nic.bridge());
        // libvirt would number them; this name is the same on every host, and says whose the device is.
        xml.empty("target", "dev", nic.tap());
        xml.empty("model", "type", "virtio");
        xml.empty("mtu", "size", Integer.toString(nic.mtu()));
        xml.close();
    }

    private void consoles(XmlText xml, DomainDefinition definition) {
        // A socket and not a terminal: it can be opened without becoming anybody's controlling terminal.
        xml.open("serial", "type", "unix")
                .empty(
                        "source",
                        "mode",
                        "bind",
                        "path",
                        platform.serialSockets()
                                .resolve(definition.vmId().toString())
                                .toString())
                .empty("target", "port", "0")
                .close();
        xml.open("channel", "type", "unix")
                .empty("target", "type", "virtio", "name", "org.qemu.guest_agent.0")
                .close();
        xml.empty("input", "type", "tablet", "bus", "virtio");
        // No path: libvirt puts the socket into the domain's own folder, which only QEMU's user and root may enter.
        xml.open("graphics", "type", "vnc").empty("listen", "type", "socket").close();
        xml.open("video")
                .empty("model", "type", "vga", "vram", "16384", "heads", "1")
                .close();
    }

    /** vda … vdz, vdaa … */
    private static String deviceName(int position) {
        StringBuilder letters = new StringBuilder();
        for (int rest = position; rest >= 0; rest = rest / DISK_LETTERS - 1) {
            letters.insert(0, (char) ('a' + rest % DISK_LETTERS));
        }
        return "vd" + letters;
    }
}
