package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.hypervisor.HostFacts.Acceleration;
import dev.meseta.agent.hypervisor.HostFacts.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices and processors are files here, and QEMU is a program of the test's. */
@Tag("unit")
final class AccelerationProbeTest {

    @TempDir
    private Path folder;

    @Test
    void withoutADeviceGuestsAreEmulated() throws IOException {
        AccelerationProbe.Result result = probe("vmx", "exit 85");

        assertThat(result.acceleration()).isEqualTo(Acceleration.TCG);
        assertThat(result.conditions()).extracting(Condition::code).containsExactly("KVM_NOT_USABLE");
        assertThat(result.conditions().getFirst().message()).contains("there is no");
    }

    @Test
    void aDeviceProvesNothingWithoutTheProcessors() throws IOException {
        device("rw-rw-rw-");

        AccelerationProbe.Result result = probe("sse2 vmxish", "exit 85");

        assertThat(result.acceleration()).isEqualTo(Acceleration.TCG);
        assertThat(result.conditions().getFirst().message()).contains("neither vmx nor svm");
    }

    @Test
    void aGuestThatDoesNotAnswerProvesNothingEither() throws IOException {
        device("rw-rw-rw-");

        AccelerationProbe.Result result = probe("sse2 svm", "exit 1");

        assertThat(result.acceleration()).isEqualTo(Acceleration.TCG);
        assertThat(result.conditions().getFirst().message()).contains("did not answer");
    }

    @Test
    void aGuestThatAnswersIsAccelerated() throws IOException {
        device("rw-rw-rw-");

        AccelerationProbe.Result result = probe("sse2 vmx", "exit 85");

        assertThat(result.acceleration()).isEqualTo(Acceleration.KVM);
        assertThat(result.conditions()).isEmpty();
    }

    @Test
    void accessIsJudgedAsTheKernelWould() throws IOException {
        LibvirtSettings settings = settings("vmx", "exit 85");
        assertThat(new KvmAccess(settings).mayOpen()).isEmpty();

        device("rw-------");
        assertThat(new KvmAccess(settings).mayOpen()).contains(false);
        device("rw-rw-rw-");
        assertThat(new KvmAccess(settings).mayOpen()).contains(true);
        device("rw-r--r--");
        assertThat(new KvmAccess(settings).mayOpen()).contains(false);

        int group = (Integer) Files.getAttribute(settings.kvmDevice(), "unix:gid");
        device("rw-rw----");
        assertThat(new KvmAccess(settings).mayOpen()).contains(false);
        Files.writeString(settings.groups(), "kvm:x:" + group + ":somebody,qemu\n");
        assertThat(new KvmAccess(settings).mayOpen()).contains(true);
    }

    private AccelerationProbe.Result probe(String flags, String emulator) throws IOException {
        return new AccelerationProbe(settings(flags, emulator)).run();
    }

    private void device(String permissions) throws IOException {
        Path device = folder.resolve("kvm");
        if (!Files.exists(device)) {
            Files.createFile(device);
        }
        Files.setPosixFilePermissions(device, PosixFilePermissions.fromString(permissions));
    }

    private LibvirtSettings settings(String flags, String emulator) throws IOException {
        Path program = Files.writeString(folder.resolve("qemu"), "#!/bin/sh\n" + emulator + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new LibvirtSettings(
                program,
                "qemu",
                folder.resolve("kvm"),
                Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: fpu " + flags + "\n"),
                folder.resolve("boot_id"),
                Files.writeString(folder.resolve("passwd"), "root:x:0:0:::\nqemu:x:64055:64055:::\n"),
                Files.writeString(folder.resolve("group"), "root:x:0:\n"),
                folder.resolve("pki"),
                folder,
                folder.resolve("serial"),
                5,
                3,
                Duration.ofSeconds(1));
    }
}
