package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meseta.manager.agents.HostEnrolment.InvitationPlan;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which hosts may be invited. */
@Tag("unit")
class InvitationTest extends EnrolmentServerFixture {

    @Test
    void invitationsWithBadNamesOrForTakenOnesAreRefused() {
        for (String name : List.of("", "-x", "a b", "a\nb", "<b>", "x".repeat(64), "ä")) {
            assertThat(code(() -> enrolments.invite(name, null, ADMINISTRATOR))).isEqualTo(ErrorCode.VALIDATION_FAILED);
        }
        assertThat(code(() -> enrolments.invite("host-1", STRANGER, ADMINISTRATOR)))
                .isEqualTo(ErrorCode.NOT_FOUND);
        manager.hosts.reported(UUID.fromString(
                anonymous().enrol(application(token("host-1")).build()).getHostId()));
        assertThat(code(() -> enrolments.invite("host-1", null, ADMINISTRATOR))).isEqualTo(ErrorCode.NAME_TAKEN);
    }

    @Test
    void aPlanRefusesWhatAnInvitationWouldAndMakesNoToken() {
        var plan = enrolments.plan("host-1", null);

        assertThat(plan)
                .isEqualTo(new InvitationPlan(
                        "host-1", FakeClusters.CLUSTER.id(), now.get().plus(Duration.ofHours(1))));
        assertThat(code(() -> enrolments.plan("a b", null))).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(code(() -> enrolments.plan("host-1", STRANGER))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(tokens.tokens).isEmpty();
        assertThat(audit.entries).isEmpty();
    }

    private static ErrorCode code(Callable<?> call) {
        return catchThrowableOfType(MesetaException.class, call::call).code();
    }
}
