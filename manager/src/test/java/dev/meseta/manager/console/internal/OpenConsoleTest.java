package dev.meseta.manager.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.agents.HostConsoles;
import dev.meseta.manager.console.ConsoleEnd;
import dev.meseta.manager.console.Consoles;
import dev.meseta.manager.fakes.SettableClock;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OpenConsoleTest {

    private static final byte[] UPDATE_REQUEST = {3, 1, 0, 0, 0, 0, 4, 0, 3, 0};
    private static final byte[] KEY = {4, 1, 0, 0, 0, 0, 0, 0x61};

    private final SettableClock clock = new SettableClock();
    private final Instant start = clock.instant();

    @Test
    void a_viewer_that_asks_for_pictures_does_not_keep_a_screen_open() {
        OpenConsole console = console(ConsoleKind.VNC);
        console.type(("RFB 003.008\n" + (char) 1 + (char) 1).getBytes(StandardCharsets.US_ASCII));
        clock.advance(Duration.ofMinutes(29));
        console.type(UPDATE_REQUEST);
        assertThat(console.typedAt()).isEqualTo(start);
        console.type(KEY);
        assertThat(console.typedAt()).isEqualTo(start.plus(Duration.ofMinutes(29)));
    }

    @Test
    void whatever_goes_to_a_serial_port_was_typed() {
        OpenConsole console = console(ConsoleKind.SERIAL);
        clock.advance(Duration.ofMinutes(5));
        console.type(UPDATE_REQUEST);
        assertThat(console.typedAt()).isEqualTo(start.plus(Duration.ofMinutes(5)));
    }

    private OpenConsole console(ConsoleKind kind) {
        UUID id = new UUID(0, 1);
        Vm vm = new Vms.NewVm(
                        id, id, "web-1", "", 1, 64L << 20, Vm.Firmware.BIOS, null, "", PowerState.RUNNING, null, null)
                .storedAt(start);
        OpenConsole console = new OpenConsole(
                vm,
                kind,
                new AuthenticatedUser(id, "ana", Set.of()),
                "192.0.2.1",
                () -> true,
                new Consoles.Viewer() {
                    @Override
                    public void show(byte[] bytes) {}

                    @Override
                    public void end(ConsoleEnd why) {}
                },
                clock);
        console.attach(new HostConsoles.Link() {
            @Override
            public void send(byte[] bytes) {}

            @Override
            public void close() {}
        });
        return console;
    }
}
