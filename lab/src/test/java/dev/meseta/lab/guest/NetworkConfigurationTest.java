package dev.meseta.lab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the guest reads a seed's network-config; run by the same busybox as in the guest. */
@Tag("integration")
class NetworkConfigurationTest {

    @TempDir
    Path folder;

    @Test
    void readsAnEntryWithAllThatSeedsUse() throws IOException {
        assertThat(read("""
                version: 2
                ethernets:
                  nic0:
                    match:
                      macaddress: "52:54:00:AA:00:01"
                    mtu: 1450
                    addresses:
                      - "10.1.0.7/16"
                    routes:
                      - to: "0.0.0.0/0"
                        via: "10.1.0.1"
                """)).isEqualTo("52:54:00:aa:00:01 1450 10.1.0.1 10.1.0.7/16\n");
    }

    @Test
    void readsSeveralEntriesWithWhatTheyHave() throws IOException {
        assertThat(read("""
                network:
                  version: 2
                  ethernets:
                    first:
                      addresses: [10.1.0.7/16, '10.2.0.7/16']  # two
                      gateway4: 10.1.0.1
                      nameservers:
                        addresses: [192.0.2.1]
                      match:
                        macaddress: 52:54:00:00:00:01
                    second:
                      match:
                        macaddress: 52:54:00:00:00:02
                      mtu: 1400
                """)).isEqualTo("""
                52:54:00:00:00:01 - 10.1.0.1 10.1.0.7/16,10.2.0.7/16
                52:54:00:00:00:02 1400 - -
                """);
    }

    @Test
    void nothingIsReadFromAnEmptySeed() throws IOException {
        assertThat(read("version: 2\nethernets: {}\n")).isEmpty();
    }

    private String read(String configuration) throws IOException {
        Path script = folder.resolve("network.awk");
        Files.write(script, GuestImage.resource("network.awk"));
        Path file = folder.resolve("network-config");
        Files.writeString(file, configuration);
        return Programs.run("busybox", "awk", "-f", script.toString(), file.toString())
                .output();
    }
}
