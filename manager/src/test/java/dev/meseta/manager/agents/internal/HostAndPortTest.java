package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class HostAndPortTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:9444, 10.0.0.1, 9444",
        "[fd00::1]:1, fd00::1, 1",
        "node-1.example.org:65535, node-1.example.org, 65535",
        "localhost:0, localhost, 0",
    })
    void reads(String text, String host, int port) {
        assertThat(HostAndPort.parse(text)).contains(new HostAndPort(host, port));
        assertThat(HostAndPort.parse(text).orElseThrow().toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "a",
                "a:",
                ":1",
                "a:65536",
                "a:-1",
                "a:1x",
                "fd00::1:1",
                "[fd00::1]",
                "[10.0.0.1:1",
                "[a]:1",
                "10.0.0.256:1",
                "10.1:1",
                "-a:1",
                "a-:1",
                "a..b:1",
                "a b:1",
                "a/b:1",
                "a:1\n",
                "0x7f.1:1x",
                "123:1"
            })
    void refuses(String text) {
        assertThat(HostAndPort.parse(text)).isEmpty();
    }

    @Test
    void knowsAddressesFromNames() {
        assertThat(HostAndPort.isIpLiteral("10.0.0.1")).isTrue();
        assertThat(HostAndPort.isIpLiteral("fd00::1")).isTrue();
        assertThat(HostAndPort.isIpLiteral("0.0.0.0")).isTrue();
        assertThat(HostAndPort.isIpLiteral("localhost")).isFalse();
        assertThat(HostAndPort.isIpLiteral("10.1")).isFalse();
        assertThat(HostAndPort.isDnsName("10.1")).isFalse();
    }
}
