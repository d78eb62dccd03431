package dev.meseta.manager.agents.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.meseta.manager.agents.HostEnrolment;
import dev.meseta.manager.shared.RequestContext;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

@Tag("unit")
class EnrolmentTokenControllerTest {

    private static final UUID CLUSTER = UUID.fromString("00000000-0000-7000-8000-00000000c001");

    private final List<String> asked = new ArrayList<>();
    private final HostEnrolment enrolment = new HostEnrolment() {
        @Override
        public Invitation invite(String hostName, @Nullable UUID clusterId, RequestContext requestedBy) {
            asked.add(hostName + " " + clusterId + " " + requestedBy.principal());
            return new Invitation("secret", "ab12", "meseta-agent join …", Instant.EPOCH);
        }

        @Override
        public InvitationPlan plan(String hostName, @Nullable UUID clusterId) {
            return new InvitationPlan(hostName, CLUSTER, Instant.EPOCH);
        }
    };
    private final Filter asAdministrator = (request, response, chain) -> new RequestContext("admin", "c-1").run(() -> {
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException e) {
            throw new AssertionError(e);
        }
    });
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new EnrolmentTokenController(enrolment))
            .addFilters(asAdministrator)
            .build();

    @Test
    void answersWithTheTokenOnceAndUncached() throws Exception {
        mvc.perform(post("/api/v1/hosts/enrolment-tokens")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"hostName\":\"host-1\",\"clusterId\":\"" + CLUSTER + "\"}"))
                .andExpect(status().isCreated())
                .andExpect(header().string("Cache-Control", "no-store"))
                .andExpect(content().json("""
                        {"token":"secret","caFingerprint":"ab12","command":"meseta-agent join …",
                         "expiresAt":"1970-01-01T00:00:00Z"}"""));
        assertThat(asked).containsExactly("host-1 " + CLUSTER + " admin");
    }

    @Test
    void aDryRunTellsWhichHostAndMakesNoToken() throws Exception {
        mvc.perform(post("/api/v1/hosts/enrolment-tokens?dryRun=true")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"hostName\":\"host-1\"}"))
                .andExpect(status().isOk())
                .andExpect(content()
                        .json("{\"hostName\":\"host-1\",\"clusterId\":\"" + CLUSTER
                                + "\",\"expiresAt\":\"1970-01-01T00:00:00Z\"}"));
        assertThat(asked).isEmpty();
    }

    @Test
    void theClusterMayBeLeftOutAndAMissingNameIsForTheModuleToRefuse() throws Exception {
        mvc.perform(post("/api/v1/hosts/enrolment-tokens")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{}"))
                .andExpect(status().isCreated());
        assertThat(asked).containsExactly(" null admin");
    }
}
