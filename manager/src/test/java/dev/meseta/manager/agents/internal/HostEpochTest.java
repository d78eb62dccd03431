package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meseta.manager.membership.FakeMembership;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class HostEpochTest {

    private static final UUID HOST = UUID.fromString("00000000-0000-7000-8000-0000000000a1");
    private static final UUID ME = UUID.fromString("00000000-0000-7000-8000-000000000001");

    private final FakeMembership membership = new FakeMembership(ME);
    private final FakeOwnership ownership = new FakeOwnership(new FakeHosts());
    private final HostEpoch epoch = new HostEpoch(HOST, membership, ownership);

    @Test
    void risesWithTheTerm() {
        ownership.epochs.put(HOST, 6L);
        assertThat(epoch.current()).isEqualTo(7);
        membership.term = 4;
        assertThat(epoch.current()).isEqualTo(10);
    }

    @Test
    void isWithheldWhenTheLeaseHasRunOut() {
        epoch.current();
        membership.member = false;
        assertThat(catchThrowableOfType(MesetaException.class, epoch::current).code())
                .isEqualTo(ErrorCode.FENCED);
        assertThat(catchThrowableOfType(MesetaException.class, () -> epoch.refused(2))
                        .code())
                .isEqualTo(ErrorCode.FENCED);
        assertThat(ownership.epoch(HOST)).isEqualTo(1);
    }

    @Test
    void isTriedAgainWithTheTermThatOthersKnowAlready() {
        membership.termInDatabase = 3;
        long sent = epoch.current();
        assertThat(epoch.refused(sent)).isTrue();
        assertThat(epoch.current()).isEqualTo(4);
        assertThat(ownership.epoch(HOST)).isEqualTo(1);
    }

    @Test
    void isReadAgainWhenAnotherManagerHasCountedOn() {
        long sent = epoch.current();
        ownership.epochs.put(HOST, 5L);
        assertThat(epoch.refused(sent)).isTrue();
        assertThat(epoch.current()).isEqualTo(6);
        assertThat(ownership.epoch(HOST)).isEqualTo(5);
    }

    @Test
    void countsOnWhenTheAgentRemembersMoreThanTheDatabase() {
        long sent = epoch.current();
        assertThat(epoch.refused(sent)).isTrue();
        assertThat(epoch.current()).isEqualTo(sent + 1);
        // An answer to a command that was sent before.
        assertThat(epoch.refused(sent)).isTrue();
        assertThat(epoch.current()).isEqualTo(sent + 1);
    }
}
