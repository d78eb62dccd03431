package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.libvirt.binding.LifecycleEvent;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
final class LifecycleTranslatorTest {

    private static final UUID VM = new UUID(1, 2);

    @ParameterizedTest
    @CsvSource({
        // last state, libvirt's type and detail, next state and reason
        "RUNNING,  2, 0, RUNNING,       NONE",
        "RUNNING,  2, 1, INCOMING,      MIGRATING",
        "RUNNING,  3, 0, PAUSED,        USER",
        "RUNNING,  3, 1, PAUSED,        MIGRATING",
        "RUNNING,  3, 2, PAUSED,        IO_ERROR",
        "RUNNING,  3, 7, PAUSED,        POST_COPY",
        "INCOMING, 3, 0, PAUSED,        USER",
        "INCOMING, 3, 8, PAUSED,        POST_COPY_FAILED",
        "PAUSED,   4, 0, RUNNING,       NONE",
        "INCOMING, 4, 1, RUNNING,       NONE",
        "INCOMING, 4, 3, RUNNING,       POST_COPY",
        "RUNNING,  6, 1, SHUTTING_DOWN, GUEST_SHUTDOWN",
        "RUNNING,  5, 0, GONE,          GUEST_SHUTDOWN",
        "RUNNING,  5, 1, GONE,          DESTROYED",
        "RUNNING,  5, 2, GONE,          CRASHED",
        "RUNNING,  5, 3, GONE,          MIGRATED",
        "RUNNING,  5, 5, GONE,          CRASHED",
        "INCOMING, 5, 5, GONE,          DESTROYED",
        "RUNNING,  5, 4, GONE,          NONE",
    })
    void theNextStatus(DomainState last, int type, int detail, DomainState state, DomainReason reason) {
        assertThat(LifecycleTranslator.next(status(last, DomainReason.NONE), event(type, detail)))
                .contains(status(state, reason));
    }

    @ParameterizedTest
    @CsvSource({"INCOMING, 3, 1", "RUNNING, 6, 2", "RUNNING, 0, 0", "RUNNING, 1, 0"})
    void whatChangesNothing(DomainState last, int type, int detail) {
        assertThat(LifecycleTranslator.next(status(last, DomainReason.NONE), event(type, detail)))
                .isEmpty();
    }

    private static DomainStatus status(DomainState state, DomainReason reason) {
        return new DomainStatus(VM, "vm", state, reason, 1, 1024, false);
    }

    private static LifecycleEvent event(int type, int detail) {
        return new LifecycleEvent(VM, "vm", type, detail);
    }
}
