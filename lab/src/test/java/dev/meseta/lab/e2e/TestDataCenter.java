package dev.meseta.lab.e2e;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.stack.Collector;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A whole data center of two real hosts for one test class. */
final class TestDataCenter implements AutoCloseable {

    private static final int HOSTS = 2;

    private final Stack stack;
    private final MesetaClient client;

    private TestDataCenter(Stack stack) {
        this.stack = stack;
        this.client = stack.client();
    }

    static TestDataCenter start(Path directory) {
        return start(directory, 1);
    }

    static TestDataCenter start(Path directory, int managers) {
        return start(directory, managers, Optional.empty());
    }

    /** @param collector where its traces go */
    static TestDataCenter start(Path directory, int managers, Optional<Collector> collector) {
        Stack stack = Stack.forThisProcess(Path.of("..").toAbsolutePath().normalize(), directory);
        try {
            stack.up(
                    new Stack.Wanted(HOSTS, 0, managers, Optional.empty(), collector),
                    new Progress(new PrintWriter(System.out, true, StandardCharsets.UTF_8)));
            return new TestDataCenter(stack);
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    Stack stack() {
        return stack;
    }

    MesetaClient client() {
        return client;
    }

    List<LabHost> hosts() {
        return stack.lab().hosts();
    }

    LabHost host(int number) {
        return stack.lab().host("host-" + number);
    }

    /** The id the manager knows a host by. */
    String idOf(LabHost host) {
        for (JsonNode item : client.get("/hosts?limit=500").required("items")) {
            if (item.required("name").stringValue().equals(host.name())) {
                return item.required("id").stringValue();
            }
        }
        throw new IllegalStateException("the manager does not know " + host.name());
    }

    String idOf(int hostNumber) {
        return idOf(host(hostNumber));
    }

    /** The lab's guest image. */
    String guestImage() {
        return client.get("/images?q=name:" + Stack.GUEST_IMAGE)
                .required("items")
                .required(0)
                .required("id")
                .stringValue();
    }

    /** kill -9, then a new one. */
    void restartAgentAfterKill(LabHost host) {
        host.killAgent();
        stack.startAgent(host);
    }

    /** kill -9, then a new one on the same database. */
    void restartManagerAfterKill() {
        stack.manager().kill();
        stack.restartManager();
    }

    @Override
    public void close() {
        client.close();
        stack.close();
    }
}
