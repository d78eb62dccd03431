package dev.meseta.manager.console.internal;

import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.agents.HostConsoles;
import dev.meseta.manager.console.ConsoleEnd;
import dev.meseta.manager.console.Consoles;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.inventory.Vm;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A person in front of a guest. */
final class OpenConsole implements Consoles.Console {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConsole.class);

    private final Vm vm;
    private final ConsoleKind kind;
    private final AuthenticatedUser user;
    private final String remoteAddress;
    private final BooleanSupplier stillSignedIn;
    private final Consoles.Viewer viewer;
    private final InstantSource clock;
    private final Instant openedAt;
    private final AtomicLong shown = new AtomicLong();
    private final AtomicLong typed = new AtomicLong();
    /** Why this side ends it; the first reason counts. */
    private final AtomicReference<@Nullable ConsoleEnd> reason = new AtomicReference<>();

    private final AtomicBoolean toldOnce = new AtomicBoolean();
    /** Only one thread types at a time. */
    private final RfbTyping rfb = new RfbTyping();

    private volatile Instant typedAt;
    private volatile HostConsoles.@Nullable Link link;
    private volatile Consumer<OpenConsole> whenEnded = console -> {};

    OpenConsole(
            Vm vm,
            ConsoleKind kind,
            AuthenticatedUser user,
            String remoteAddress,
            BooleanSupplier stillSignedIn,
            Consoles.Viewer viewer,
            InstantSource clock) {
        this.vm = vm;
        this.kind = kind;
        this.user = user;
        this.remoteAddress = remoteAddress;
        this.stillSignedIn = stillSignedIn;
        this.viewer = viewer;
        this.clock = clock;
        this.openedAt = clock.instant();
        this.typedAt = openedAt;
    }

    Vm vm() {
        return vm;
    }

    ConsoleKind kind() {
        return kind;
    }

    AuthenticatedUser user() {
        return user;
    }

    String remoteAddress() {
        return remoteAddress;
    }

    Instant openedAt() {
        return openedAt;
    }

    Instant typedAt() {
        return typedAt;
    }

    /** Bytes that the person saw. */
    long shown() {
        return shown.get();
    }

    /** Bytes that the person, or a VNC viewer by itself, sent. */
    long typed() {
        return typed.get();
    }

    boolean isStillSignedIn() {
        return stillSignedIn.getAsBoolean();
    }

    void attach(HostConsoles.Link opened) {
        link = opened;
        if (reason.get() != null) {
            opened.close();
        }
    }

    /** Asked once when its opening has been told of, and once when it has ended: true for whichever comes second. */
    boolean isToldSecond() {
        return toldOnce.getAndSet(true);
    }

    void whenEnded(Consumer<OpenConsole> listener) {
        whenEnded = listener;
    }

    /** @param why asked when the host ends it */
    HostConsoles.Receiver receiver(Supplier<ConsoleEnd> why) {
        return new HostConsoles.Receiver() {
            @Override
            public void received(byte[] bytes) {
                shown.addAndGet(bytes.length);
                viewer.show(bytes);
            }

            @Override
            public void ended() {
                ConsoleEnd ours = reason.get();
                ConsoleEnd end = ours == null ? why.get() : ours;
                viewer.end(end);
                whenEnded.accept(OpenConsole.this);
            }
        };
    }

    @Override
    public void type(byte[] bytes) {
        HostConsoles.Link open = link;
        if (open == null || reason.get() != null) {
            return;
        }
        typed.addAndGet(bytes.length);
        if (kind != ConsoleKind.VNC || rfb.isByAPerson(bytes)) {
            typedAt = clock.instant();
        }
        try {
            open.send(bytes);
        } catch (IllegalStateException ended) {
            LOG.debug("What was typed into a console of {} came after its end", vm.id());
        }
    }

    @Override
    public void close() {
        end(ConsoleEnd.CONSOLE_CLOSED);
    }

    void end(ConsoleEnd why) {
        HostConsoles.Link open = link;
        if (reason.compareAndSet(null, why) && open != null) {
            open.close();
        }
    }
}
