package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.HostFacts.Acceleration;
import dev.meseta.agent.hypervisor.HostFacts.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether KVM runs guests here. That its device exists proves nothing: nested and shadowed ones let a virtual
 * machine be created that never gets anywhere. So: the processors must say they virtualize, and a guest of one sector must
 * come back with its answer.
 */
final class AccelerationProbe {

    static final String KVM_NOT_USABLE = "KVM_NOT_USABLE";

    private static final System.Logger LOG = System.getLogger(AccelerationProbe.class.getName());
    private static final long TIMEOUT_SECONDS = 10;
    /** isa-debug-exit ends QEMU with twice the guest's value plus one. */
    private static final int ANSWER = 0x2a * 2 + 1;

    private static final int SECTOR_SIZE = 512;
    /** The firmware does not read smaller disks. */
    private static final int DISK_SIZE = 1 << 20;
    /** mov al,2ah; mov dx,501h; out dx,al; hlt; jmp to hlt */
    private static final byte[] GUEST = {
        (byte) 0xb0, 0x2a, (byte) 0xba, 0x01, 0x05, (byte) 0xee, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd
    };

    private final LibvirtSettings settings;

    AccelerationProbe(LibvirtSettings settings) {
        this.settings = settings;
    }

    Result run() {
        Optional<String> obstacle = obstacle();
        return obstacle.map(reason -> new Result(
                        Acceleration.TCG,
                        List.of(new Condition(
                                KVM_NOT_USABLE, "guests are emulated, about ten times slower: " + reason))))
                .orElseGet(() -> new Result(Acceleration.KVM, List.of()));
    }

    private Optional<String> obstacle() {
        try {
            if (!Files.exists(settings.kvmDevice())) {
                return Optional.of("there is no " + settings.kvmDevice());
            }
            if (!processorsVirtualize()) {
                return Optional.of(settings.kvmDevice()
                        + " exists, but the processors have neither vmx nor svm; switch virtualization on in the"
                        + " firmware, or nested virtualization on the host below");
            }
            return guestAnswers()
                    ? Optional.empty()
                    : Optional.of("a test guest under KVM did not answer within " + TIMEOUT_SECONDS + " s");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The KVM probe failed", e);
            return Optional.of("the probe failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the probe was interrupted");
        }
    }

    private boolean processorsVirtualize() throws IOException {
        return Files.readAllLines(settings.processorInformation()).stream()
                .filter(line -> line.startsWith("flags"))
                .anyMatch(line -> {
                    List<String> flags =
                            List.of(line.substring(line.indexOf(':') + 1).trim().split("\\s+"));
                    return flags.contains("vmx") || flags.contains("svm");
                });
    }

    private boolean guestAnswers() throws IOException, InterruptedException {
        Path disk = Files.createTempFile("kvm-probe", ".raw");
        try {
            Files.write(disk, bootSector());
            return runGuest(disk) == ANSWER;
        } finally {
            Files.delete(disk);
        }
    }

    private int runGuest(Path disk) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        settings.emulator().toString(),
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-machine",
                        "q35,accel=kvm",
                        "-cpu",
                        "host",
                        "-m",
                        "32",
                        "-device",
                        "isa-debug-exit,iobase=0x501,iosize=1",
                        "-drive",
                        "if=ide,format=raw,readonly=on,file=" + disk)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return -1;
        }
        return process.exitValue();
    }

    private static byte[] bootSector() {
        byte[] sector = Arrays.copyOf(GUEST, DISK_SIZE);
        sector[SECTOR_SIZE - 2] = 0x55;
        sector[SECTOR_SIZE - 1] = (byte) 0xaa;
        return sector;
    }

    /** @param conditions empty when KVM is used */
    record Result(Acceleration acceleration, List<Condition> conditions) {}
}
