package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.membership.FakeMembership;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

/** What load balancers are told. */
@Tag("unit")
class HealthTest {

    private final FakeMembership membership = new FakeMembership(UUID.randomUUID());
    private final HealthController controller = new HealthController(membership);

    @Test
    void a_manager_without_its_lease_is_not_to_be_used() {
        assertThat(controller.health().getStatusCode()).isEqualTo(HttpStatus.OK);
        membership.member = false;
        var answer = controller.health();
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.getBody()).isEqualTo(new HealthController.Health("NO_LEASE"));
        membership.member = true;
        assertThat(controller.health().getStatusCode()).isEqualTo(HttpStatus.OK);
    }
}
