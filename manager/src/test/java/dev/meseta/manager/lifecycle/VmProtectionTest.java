package dev.meseta.manager.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.UuidGenerator;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A VM that is protected from being deleted. */
class VmProtectionTest extends ManagerIntegrationTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String CONSOLE = "{\"kind\":\"VNC\"}";

    @Autowired
    private Vms vms;

    @Autowired
    private Clusters clusters;

    @Autowired
    private UuidGenerator ids;

    private UUID vm() {
        return vms.create(new Vms.NewVm(
                        ids.next(),
                        clusters.defaultCluster().id(),
                        "protected-" + NUMBER.incrementAndGet(),
                        "",
                        1,
                        64L << 20,
                        Vm.Firmware.BIOS,
                        null,
                        "",
                        PowerState.STOPPED,
                        null,
                        null))
                .id();
    }

    private UUID protectedVm() {
        UUID id = vm();
        ApiClient.Answer answer = protect(api, id, true);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("deleteProtected").booleanValue()).isTrue();
        return id;
    }

    private ApiClient.Answer protect(ApiClient client, UUID id, boolean wanted) {
        return client.patch(
                "/vms/" + id,
                "{\"deleteProtected\":%s}".formatted(wanted),
                "If-Match",
                "\"%d\"".formatted(vms.require(id).version()),
                "X-XSRF-TOKEN",
                client.cookie("XSRF-TOKEN"));
    }

    /** The administrator in a browser that was left alone: signed in, and no factor shown lately. */
    private ApiClient browserLeftOpen() {
        ApiClient browser = anonymousAt("127.0.12." + NUMBER.incrementAndGet());
        ApiClient.Answer answer = browser.post(
                "/auth/login", "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(secret("admin.password")));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        jdbc.sql("""
                        UPDATE user_session SET password_proved_at = password_proved_at - interval '11 minutes'
                        WHERE remote_address LIKE '127.0.12.%'""").update();
        return browser;
    }

    private static ApiClient.Answer post(ApiClient browser, String path, String body) {
        return browser.post(path, body, "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"));
    }

    @Test
    void it_is_not_deleted_alone_nor_with_others_until_the_protection_is_gone() {
        UUID id = protectedVm();
        String path = "/vms/" + id;
        for (String query : new String[] {"", "?dryRun=true"}) {
            ApiClient.Answer refused = api.send("DELETE", path + query, BodyPublishers.noBody());
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.code()).isEqualTo("VM_PROTECTED");
        }
        assertThat(api.post("/vms/actions?dryRun=true", "{\"action\":\"DELETE\",\"vmIds\":[\"%s\"]}".formatted(id))
                        .text())
                .contains("VM_PROTECTED");
        assertThat(api.get("/vms?q=protected:yes").text()).contains(id.toString());

        assertThat(protect(api, id, false).status()).isEqualTo(200);
        assertThat(api.get("/audit?limit=1&q=object:" + id)
                        .json()
                        .path("items")
                        .path(0)
                        .path("detail")
                        .path("changes")
                        .path("deleteProtected")
                        .path("before")
                        .booleanValue())
                .isTrue();
        assertThat(api.send("DELETE", path + "?dryRun=true", BodyPublishers.noBody())
                        .code())
                .isNotEqualTo("VM_PROTECTED");
    }

    @Test
    void to_protect_asks_for_nothing_and_to_take_it_away_for_a_factor() {
        UUID id = vm();
        ApiClient browser = browserLeftOpen();
        assertThat(protect(browser, id, true).status()).isEqualTo(200);
        assertThat(protect(browser, id, false).code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(vms.require(id).deleteProtected()).isTrue();
        assertThat(post(browser, "/auth/step-up", "{\"password\":\"%s\"}".formatted(secret("admin.password")))
                        .status())
                .isEqualTo(204);
        assertThat(protect(browser, id, false).status()).isEqualTo(200);
    }

    @Test
    void its_console_needs_a_factor_shown_lately_and_that_of_others_does_not() {
        String open = "/vms/" + vm() + "/console";
        String guarded = "/vms/" + protectedVm() + "/console";
        ApiClient browser = browserLeftOpen();
        assertThat(post(browser, open, CONSOLE).code()).as("it is down").isEqualTo("VM_NOT_RUNNING");
        assertThat(post(browser, guarded, CONSOLE).code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(post(browser, "/vms/" + UUID.randomUUID() + "/console", CONSOLE)
                        .status())
                .isEqualTo(404);
        assertThat(post(browser, "/vms/nonsense/console", CONSOLE).status()).isEqualTo(400);
        assertThat(post(browser, "/auth/step-up", "{\"password\":\"%s\"}".formatted(secret("admin.password")))
                        .status())
                .isEqualTo(204);
        assertThat(post(browser, guarded, CONSOLE).code()).isEqualTo("VM_NOT_RUNNING");
    }

    @Test
    void who_may_not_see_it_learns_nothing_of_its_protection() {
        UUID id = protectedVm();
        String name = "stranger-" + id;
        String password = "grapes under a table";
        assertThat(api.post("/users", "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(name, password))
                        .status())
                .isEqualTo(201);
        ApiClient stranger = anonymousAt("127.0.12." + NUMBER.incrementAndGet());
        assertThat(stranger.post("/auth/login", "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(name, password))
                        .status())
                .isEqualTo(200);
        jdbc.sql("""
                        UPDATE user_session SET password_proved_at = password_proved_at - interval '11 minutes'
                        WHERE remote_address LIKE '127.0.12.%'""").update();
        assertThat(post(stranger, "/vms/" + id + "/console", CONSOLE).code()).isEqualTo("FORBIDDEN");
    }
}
