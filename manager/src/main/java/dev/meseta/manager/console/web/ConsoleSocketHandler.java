package dev.meseta.manager.console.web;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.console.ConsoleEnd;
import dev.meseta.manager.console.Consoles;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/** Bytes between a browser and a console, each way no faster than the other end takes them: handlers and sends block. */
final class ConsoleSocketHandler extends BinaryWebSocketHandler implements SubProtocolCapable {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleSocketHandler.class);
    private static final String CONSOLE = "console";

    /** RFC 6455, 7.4.2: private use. The reason is a code of ours. */
    static final int ENDED = 4000;

    private final Consoles consoles;
    private final Audit audit;
    private final UuidGenerator ids;

    ConsoleSocketHandler(Consoles consoles, Audit audit, UuidGenerator ids) {
        this.consoles = consoles;
        this.audit = audit;
        this.ids = ids;
    }

    @Override
    public List<String> getSubProtocols() {
        return List.of(ConsoleHandshake.PROTOCOL);
    }

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        ConsoleHandshake.Caller caller = ConsoleHandshake.Caller.of(session.getAttributes());
        try {
            session.getAttributes()
                    .put(
                            CONSOLE,
                            consoles.open(
                                    caller.ticket(),
                                    caller.who(),
                                    caller.remoteAddress(),
                                    caller.stillSignedIn(),
                                    new Browser(session)));
        } catch (MesetaException e) {
            audit.record(new Audit.Entry(
                    caller.who().user().username(),
                    caller.remoteAddress(),
                    "console.opened",
                    "vms",
                    "",
                    Audit.Outcome.REFUSED,
                    e.code().name(),
                    ids.next().toString(),
                    Map.of()));
            close(session, e.code().name());
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
        if (session.getAttributes().get(CONSOLE) instanceof Consoles.Console console) {
            byte[] bytes = new byte[message.getPayloadLength()];
            message.getPayload().get(bytes);
            console.type(bytes);
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        if (session.getAttributes().get(CONSOLE) instanceof Consoles.Console console) {
            console.close();
        }
    }

    private static void close(WebSocketSession session, String reason) {
        try {
            session.close(new CloseStatus(ENDED, reason));
        } catch (IOException e) {
            LOG.debug("A browser had gone before it could be told {}", reason, e);
        }
    }

    private record Browser(WebSocketSession session) implements Consoles.Viewer {

        @Override
        public void show(byte[] bytes) {
            try {
                session.sendMessage(new BinaryMessage(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException("the browser has gone", e);
            }
        }

        @Override
        public void end(ConsoleEnd why) {
            close(session, why.name());
        }
    }
}
