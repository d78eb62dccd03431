package dev.meseta.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.process.Await;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Guests on two real hosts talk, and what the API says of it is what they did. */
@Tag("e2e")
@Timeout(600)
class FlowsEndToEndTest {

    private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static Optional<TestDataCenter> started = Optional.empty();

    @BeforeAll
    static void startDataCenter() throws Exception {
        // QEMU's user must be able to pass.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        started = Optional.of(TestDataCenter.start(directory));
    }

    @AfterAll
    static void stopDataCenter() {
        started.ifPresent(TestDataCenter::close);
    }

    private static TestDataCenter dataCenter() {
        return started.orElseThrow();
    }

    private static String address(RunningVm vm) {
        String withPrefix =
                vm.view().required("nics").required(0).required("address").stringValue();
        return withPrefix.substring(0, withPrefix.indexOf('/'));
    }

    private static List<JsonNode> conversations(String search) {
        return dataCenter().client().list("/flows?limit=500&q=" + URLEncoder.encode(search, StandardCharsets.UTF_8));
    }

    /** Of the web server of one VM with another VM, once so many connections of it have been seen by both sides. */
    private static JsonNode conversation(String client, String server, int connections) {
        return Await.result(
                "%d connections of %s to %s".formatted(connections, client, server),
                SEEN_WITHIN,
                () -> conversations("client:%s server:%s port:80 protocol:TCP".formatted(client, server)).stream()
                        .filter(found ->
                                found.required("observedAt").stringValue().equals("BOTH"))
                        .filter(found -> isOf(found.required("sums"), connections))
                        .findFirst());
    }

    /** A reading may come between a connection's SYN and its answer: then the handshake is in the next one. */
    private static boolean isOf(JsonNode sums, int connections) {
        return sums.required("connections").intValue() == connections
                && sums.required("handshakes").intValue() == connections;
    }

    @Test
    void whatGuestsOnTwoHostsSayToEachOtherIsSeenAtBothEndsAndCountedOnce() throws TimeoutException {
        try (RunningVm client = RunningVm.create(
                        dataCenter(), "flows-client", dataCenter().idOf(1), 128);
                RunningVm server = RunningVm.create(
                        dataCenter(), "flows-server", dataCenter().idOf(2), 128)) {
            assertThat(client.probe().talkTo(address(server), 5)).isEqualTo(5);

            JsonNode seen = conversation("flows-client", "flows-server", 5);
            assertThat(seen.required("direction").stringValue()).isEqualTo("EAST_WEST");
            assertThat(seen.required("client").required("vmId").stringValue())
                    .isEqualTo(client.id().toString());
            assertThat(seen.required("server").required("vmId").stringValue())
                    .isEqualTo(server.id().toString());
            assertThat(seen.required("client").required("address").stringValue())
                    .isEqualTo(address(client));
            JsonNode sums = seen.required("sums");
            assertThat(sums.required("handshakeMicroseconds").longValue()).isPositive();
            // A request line goes there, and a page of some hundred bytes comes back, five times.
            assertThat(sums.required("requestBytes").longValue()).isBetween(1_000L, 10_000L);
            assertThat(sums.required("responseBytes").longValue()).isBetween(1_000L, 20_000L);

            assertThat(dataCenter()
                            .client()
                            .get("/vms/" + server.id() + "/peers")
                            .toString())
                    .contains("flows-client")
                    .contains("TCP/80");
            assertThat(conversations("server:flows-server direction:NORTH_SOUTH"))
                    .as("the test itself, which asks from outside")
                    .isNotEmpty();
            for (JsonNode host : dataCenter().client().get("/flows/losses")) {
                assertThat(host.toString()).contains("DATAPATH");
            }
        }
    }

    @Test
    void countingGoesOnWhileTheAgentIsDeadAndWhileTheVmMoves() throws TimeoutException {
        try (RunningVm client = RunningVm.create(
                        dataCenter(), "moving-client", dataCenter().idOf(1), 128);
                RunningVm server = RunningVm.create(
                        dataCenter(), "staying-server", dataCenter().idOf(2), 128)) {
            assertThat(client.probe().talkTo(address(server), 2)).isEqualTo(2);
            JsonNode unused = conversation("moving-client", "staying-server", 2);

            dataCenter().host(1).killAgent();
            assertThat(client.probe().talkTo(address(server), 3)).isEqualTo(3);
            dataCenter().stack().startAgent(dataCenter().host(1));
            JsonNode afterDeath = conversation("moving-client", "staying-server", 5);
            assertThat(afterDeath.required("direction").stringValue()).isEqualTo("EAST_WEST");

            String target = dataCenter().idOf(2);
            Await.until(
                    "both hosts to be up again",
                    SEEN_WITHIN,
                    () -> dataCenter().client().list("/hosts").stream()
                            .allMatch(host ->
                                    host.required("status").stringValue().equals("UP")));
            JsonNode moved =
                    dataCenter().client().awaitSuccess(client.migrateTo(target, Map.of()), Duration.ofMinutes(2));
            assertThat(moved.required("state").stringValue()).isEqualTo("SUCCEEDED");
            assertThat(client.probe().talkTo(address(server), 2)).isEqualTo(2);
            JsonNode afterMove = conversation("moving-client", "staying-server", 7);
            assertThat(afterMove.required("client").required("vmId").stringValue())
                    .isEqualTo(client.id().toString());
        }
    }
}
