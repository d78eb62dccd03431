package dev.meseta.manager.web.events;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.shared.web.SignInSecrets;
import dev.meseta.manager.web.internal.EventStore;
import dev.meseta.manager.web.request.RequestAttributes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What happened, as a list and as a stream of server-sent events. */
@RestController
@RequestMapping(Api.BASE + "/events")
@Tag(name = "Events")
class EventController {

    private static final int HEARTBEAT_SECONDS = 15;
    private static final Duration LOOK_AT_SESSION = Duration.ofSeconds(5);
    private static final int MAX_REPLAYED = 10_000;
    private static final Duration OVERLAP = Duration.ofSeconds(10);

    private final EventStore store;
    private final EventFeed feed;
    private final Sessions sessions;
    private final JsonMapper json;
    private final Access access;

    EventController(EventStore store, EventFeed feed, Sessions sessions, JsonMapper json, Access access) {
        this.access = access;
        this.store = store;
        this.feed = feed;
        this.sessions = sessions;
        this.json = json;
    }

    @Operation(operationId = "listEvents", summary = "Events, newest first")
    @RequiresPermission(Permission.EVENT_READ)
    @GetMapping
    Page<EventView> list(ListParameters list) {
        return store.list(list.request());
    }

    /**
     * Blocks for as long as somebody watches; request threads are virtual. Everything missed since {@code Last-Event-ID}
     * comes first, or {@code stream.lost} when that is too much or too long ago.
     */
    @Operation(
            operationId = "streamEvents",
            summary = "Events as they happen (server-sent events), resumable by Last-Event-ID",
            description = "The name of each is its kind, its data an EventView; one that is only shown has no id."
                    + " The data of stream.ready is empty, that of stream.lost is {\"count\": how many}: read again what"
                    + " you show.")
    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @RequiresPermission(Permission.EVENT_READ)
    @GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            @Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        long last = lastEventId == null || lastEventId.isBlank() ? -1 : parse(lastEventId.strip());
        EventHub.Watcher watcher = feed.watch(RequestAttributes.principal(request));
        if (watcher == null) {
            throw new MesetaException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "There are already %d event streams of yours, or %d in all; close some pages."
                            .formatted(EventHub.MAX_WATCHERS_EACH, EventHub.MAX_WATCHERS));
        }
        try (watcher) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            response.setHeader("X-Accel-Buffering", "no");
            WatcherSight sight = new WatcherSight(access, user);
            Optional<String> session = SignInSecrets.session(request);
            OutputStream out = response.getOutputStream();
            // Who comes back and is cut off again before all that was missed must come back for the rest.
            write(out, last >= 0 ? last : watcher.from(), EventKind.STREAM_READY.text(), Map.of());
            if (last >= 0) {
                replay(out, sight, last, watcher.from());
            }
            response.flushBuffer();
            long looked = System.nanoTime();
            while (watcher.isOpen()) {
                writeNext(out, sight, watcher);
                response.flushBuffer();
                if (session.isPresent() && System.nanoTime() - looked >= LOOK_AT_SESSION.toNanos()) {
                    looked = System.nanoTime();
                    // A stream ends with the session it was opened in.
                    if (!sessions.isOpen(session.get())) {
                        return;
                    }
                }
            }
        }
    }

    private void replay(OutputStream out, WatcherSight sight, long last, long to) throws IOException {
        List<EventView> missed = store.missed(last, to, OVERLAP, MAX_REPLAYED + 1);
        if (missed.size() > MAX_REPLAYED) {
            write(out, to, EventKind.STREAM_LOST.text(), Map.of("count", missed.size()));
            return;
        }
        for (EventView event : missed) {
            if (sight.sees(event)) {
                write(out, event.id(), event.kind(), event);
            }
        }
    }

    private void writeNext(OutputStream out, WatcherSight sight, EventHub.Watcher watcher) throws IOException {
        EventView event = watcher.next(HEARTBEAT_SECONDS);
        int lost = watcher.takeLost();
        if (lost > 0) {
            write(out, null, EventKind.STREAM_LOST.text(), Map.of("count", lost));
        }
        if (event != null) {
            if (sight.sees(event)) {
                write(out, event.id(), event.kind(), event);
            }
        } else {
            out.write(": heartbeat\n\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private void write(OutputStream out, @Nullable Long id, String kind, Object data) throws IOException {
        String text = (id == null ? "" : "id: " + id + "\n") + "event: " + kind + "\ndata: "
                + json.writeValueAsString(data) + "\n\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long parse(String lastEventId) {
        try {
            long id = Long.parseLong(lastEventId);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Falls through to the refusal below.
        }
        throw new MesetaException(
                ErrorCode.MALFORMED_REQUEST, "Last-Event-ID must be the id of an event of this stream, a number.");
    }
}
