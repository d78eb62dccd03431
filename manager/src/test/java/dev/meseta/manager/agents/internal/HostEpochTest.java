package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meseta.manager.agents.internal.HostOwnership.Owner;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class HostEpochTest {

    private static final UUID HOST = UUID.fromString("00000000-0000-7000-8000-0000000000a1");
    private static final UUID ME = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("00000000-0000-7000-8000-000000000002");

    private final FakeOwnership ownership = new FakeOwnership();
    private final HostEpoch epoch = new HostEpoch(HOST, ME, ownership);

    @Test
    void isTakenOnce() {
        ownership.owners.put(HOST, new Owner(OTHER, 6));
        assertThat(epoch.current()).isEqualTo(7);
        assertThat(epoch.current()).isEqualTo(7);
        assertThat(ownership.owner(HOST)).contains(new Owner(ME, 7));
    }

    @Test
    void isGivenUpWhenAnotherManagerHasTheHost() {
        epoch.current();
        ownership.owners.put(HOST, new Owner(OTHER, 2));
        epoch.refused(1);

        assertThat(catchThrowableOfType(MesetaException.class, epoch::current).code())
                .isEqualTo(ErrorCode.FENCED);
        assertThat(ownership.owner(HOST)).contains(new Owner(OTHER, 2));
    }

    @Test
    void isGivenUpWhenTheHostIsNobodys() {
        epoch.current();
        ownership.owners.clear();
        epoch.refused(1);

        assertThat(catchThrowableOfType(MesetaException.class, epoch::current).code())
                .isEqualTo(ErrorCode.FENCED);
    }

    @Test
    void isReadAgainWhenTheDatabaseKnowsAHigherOne() {
        epoch.current();
        ownership.owners.put(HOST, new Owner(ME, 5));
        epoch.refused(1);

        assertThat(epoch.current()).isEqualTo(5);
    }

    @Test
    void countsOnWhenTheAgentRemembersMoreThanTheDatabase() {
        epoch.current();
        epoch.refused(1);
        assertThat(epoch.current()).isEqualTo(2);
        // An answer to a command that was sent before.
        epoch.refused(1);
        assertThat(epoch.current()).isEqualTo(2);
    }
}
