package dev.meseta.manager.console.web;

import dev.meseta.manager.console.Consoles;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.web.SignInSecrets;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** Lets a WebSocket begin only for who may see consoles, and notes who that is. The ticket is looked at afterwards. */
final class ConsoleHandshake implements HandshakeInterceptor {

    static final String PROTOCOL = "meseta.console";
    private static final String TICKET_PREFIX = "meseta.ticket.";
    private static final String CALLER = "caller";

    private final Sessions sessions;
    private final Authenticator authenticator;

    ConsoleHandshake(Sessions sessions, Authenticator authenticator) {
        this.sessions = sessions;
        this.authenticator = authenticator;
    }

    /**
     * Who wants to open a console.
     *
     * @param stillSignedIn whether the session or token is good at the moment of asking
     */
    record Caller(Consoles.Who who, String ticket, String remoteAddress, BooleanSupplier stillSignedIn) {

        static Caller of(Map<String, Object> attributes) {
            if (attributes.get(CALLER) instanceof Caller caller) {
                return caller;
            }
            throw new IllegalStateException("The handshake has noted nobody");
        }

        @Override
        public String toString() {
            return "Caller[" + who.user().username() + "]";
        }
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null
                || !(authentication.getPrincipal() instanceof AuthenticatedUser user)
                || !(request instanceof ServletServerHttpRequest servlet)) {
            response.setStatusCode(HttpStatus.UNAUTHORIZED);
            return false;
        }
        if (!user.may(Permission.VM_CONSOLE)) {
            response.setStatusCode(HttpStatus.FORBIDDEN);
            return false;
        }
        Optional<String> ticket = ticket(servlet.getServletRequest());
        if (ticket.isEmpty()) {
            response.setStatusCode(HttpStatus.BAD_REQUEST);
            return false;
        }
        attributes.put(
                CALLER,
                new Caller(
                        who(user, servlet.getServletRequest()),
                        ticket.get(),
                        servlet.getServletRequest().getRemoteAddr(),
                        stillSignedIn(servlet.getServletRequest())));
        return true;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception exception) {
        // Nothing was begun that would have to be ended.
    }

    /** As a sub-protocol it is in no address, and so in nobody's log of addresses. */
    private static Optional<String> ticket(HttpServletRequest request) {
        String offered = request.getHeader("Sec-WebSocket-Protocol");
        return offered == null
                ? Optional.empty()
                : Arrays.stream(offered.split(","))
                        .map(String::strip)
                        .filter(protocol -> protocol.startsWith(TICKET_PREFIX))
                        .map(protocol -> protocol.substring(TICKET_PREFIX.length()))
                        .findFirst();
    }

    static Consoles.Who who(AuthenticatedUser user, HttpServletRequest request) {
        return new Consoles.Who(
                user,
                Secrets.hash(SignInSecrets.token(request)
                        .or(() -> SignInSecrets.session(request))
                        .orElseThrow(() -> new IllegalStateException("Somebody is signed in by nothing"))));
    }

    private BooleanSupplier stillSignedIn(HttpServletRequest request) {
        Optional<String> token = SignInSecrets.token(request);
        if (token.isPresent()) {
            return () -> authenticator.byToken(token.get()).isPresent();
        }
        String session = SignInSecrets.session(request).orElse("");
        return () -> sessions.isOpen(session);
    }
}
