package dev.meseta.manager.console.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.console.ConsoleEnd;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Consoles that are open at this manager. Looks now and then whether they may go on. */
@Component
class OpenConsoles implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConsoles.class);

    static final int MOST_OF_A_USER = 20;
    static final Duration IDLE_LIMIT = Duration.ofMinutes(30);
    private static final long LOOK_SECONDS = 5;

    private final Audit audit;
    private final UuidGenerator ids;
    private final InstantSource clock;
    private final Set<OpenConsole> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ScheduledExecutorService looks;

    OpenConsoles(Audit audit, UuidGenerator ids, InstantSource clock) {
        this.audit = audit;
        this.ids = ids;
        this.clock = clock;
    }

    /** @throws MesetaException TOO_MANY_REQUESTS */
    synchronized OpenConsole add(OpenConsole console) {
        long of = open.stream()
                .filter(other -> other.user().id().equals(console.user().id()))
                .count();
        if (of >= MOST_OF_A_USER) {
            throw new MesetaException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "You have %d consoles open; close one first.".formatted(MOST_OF_A_USER));
        }
        open.add(console);
        console.whenEnded(this::closed);
        return console;
    }

    void remove(OpenConsole console) {
        open.remove(console);
    }

    void opened(OpenConsole console) {
        record(console, "console.opened", Map.of("kind", console.kind().name()));
        if (console.isToldSecond()) {
            tellClosed(console);
        }
    }

    private void closed(OpenConsole console) {
        remove(console);
        // The end of one that ended while it opened is told of after its opening.
        if (console.isToldSecond()) {
            tellClosed(console);
        }
    }

    private void tellClosed(OpenConsole console) {
        record(
                console,
                "console.closed",
                Map.of(
                        "kind",
                        console.kind().name(),
                        "seconds",
                        Duration.between(console.openedAt(), clock.instant()).toSeconds(),
                        "bytesShown",
                        console.shown(),
                        "bytesTyped",
                        console.typed()));
    }

    private void record(OpenConsole console, String action, Map<String, Object> detail) {
        audit.record(new Audit.Entry(
                console.user().username(),
                console.remoteAddress(),
                action,
                "vms",
                console.vm().id().toString(),
                console.vm().name(),
                Audit.Outcome.SUCCESS,
                "",
                ids.next().toString(),
                detail));
    }

    /** Ends what may not go on. */
    void look() {
        Instant idleSince = clock.instant().minus(IDLE_LIMIT);
        for (OpenConsole console : open) {
            try {
                if (!console.isStillSignedIn()) {
                    console.end(ConsoleEnd.CONSOLE_SIGNED_OUT);
                } else if (console.typedAt().isBefore(idleSince)) {
                    console.end(ConsoleEnd.CONSOLE_IDLE);
                }
            } catch (RuntimeException e) {
                // The database may be away; the next look is soon.
                LOG.warn("It could not be found out whether a console of {} may go on", console.user(), e);
            }
        }
    }

    @Override
    public void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("consoles").factory());
        looks = started;
        var unused = started.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void stop() {
        ScheduledExecutorService ending = looks;
        looks = null;
        if (ending != null) {
            ending.shutdownNow();
        }
        open.forEach(console -> console.end(ConsoleEnd.CONSOLE_CLOSED));
    }

    @Override
    public boolean isRunning() {
        return looks != null;
    }
}
