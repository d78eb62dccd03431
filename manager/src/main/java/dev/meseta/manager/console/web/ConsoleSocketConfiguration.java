package dev.meseta.manager.console.web;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.console.Consoles;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.web.Api;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;

/** The WebSocket that a ticket opens. Without allowed origins, only pages of this very address may open it. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class ConsoleSocketConfiguration implements WebSocketConfigurer {

    static final String PATH = Api.BASE + "/console";

    private final Consoles consoles;
    private final Sessions sessions;
    private final Authenticator authenticator;
    private final Audit audit;
    private final UuidGenerator ids;

    ConsoleSocketConfiguration(
            Consoles consoles, Sessions sessions, Authenticator authenticator, Audit audit, UuidGenerator ids) {
        this.consoles = consoles;
        this.sessions = sessions;
        this.authenticator = authenticator;
        this.audit = audit;
        this.ids = ids;
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        registry.addHandler(new ConsoleSocketHandler(consoles, audit, ids), PATH)
                .addInterceptors(new ConsoleHandshake(sessions, authenticator));
    }
}
