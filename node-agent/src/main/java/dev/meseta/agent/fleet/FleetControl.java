package dev.meseta.agent.fleet;

import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.system.DurableFiles;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes orders on a UNIX socket, a line each, see {@link FleetOrders}. The answer is the order's lines, each with a blank
 * before it, and then {@code OK} or {@code ERROR} with a reason.
 */
public final class FleetControl implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(FleetControl.class.getName());

    private final FleetOrders orders;
    private final Path socket;
    private final ServerSocketChannel server;

    private FleetControl(FleetOrders orders, Path socket, ServerSocketChannel server) {
        this.orders = orders;
        this.socket = socket;
        this.server = server;
    }

    /**
     * Begins to take orders.
     *
     * @param socket replaced when there is one; only this user may connect
     */
    public static FleetControl open(Fleet fleet, Path socket) {
        try {
            Files.deleteIfExists(socket);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, DurableFiles.OWNER_ONLY);
            FleetControl control = new FleetControl(new FleetOrders(fleet), socket, server);
            Thread unused = Thread.ofVirtual().name("control").start(control::accept);
            return control;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on " + socket, e);
        }
    }

    /** Where it takes orders. */
    public Path socket() {
        return socket;
    }

    private void accept() {
        try {
            while (server.isOpen()) {
                SocketChannel client = server.accept();
                // A platform thread: the first orders load half of the agent's classes, see AgentMain.
                Thread unused =
                        Thread.ofPlatform().daemon().name("control-client").start(() -> serve(client));
            }
        } catch (ClosedChannelException e) {
            LOG.log(System.Logger.Level.DEBUG, "The control socket was closed");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "The control socket takes no more orders", e);
        }
    }

    private void serve(SocketChannel client) {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
                BufferedWriter answers = new BufferedWriter(Channels.newWriter(client, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answer(line, answers);
                answers.flush();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "A control connection broke", e);
        }
    }

    private void answer(String line, BufferedWriter answers) throws IOException {
        List<String> answer;
        try {
            answer = orders.obey(line);
        } catch (AgentException e) {
            answers.write("ERROR %s %s%n".formatted(e.code(), e.detail()));
            return;
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException | HypervisorException e) {
            answers.write("ERROR "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "\n");
            return;
        }
        for (String text : answer) {
            answers.write(" " + text + "\n");
        }
        answers.write("OK\n");
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot close the control socket", e);
        }
    }
}
