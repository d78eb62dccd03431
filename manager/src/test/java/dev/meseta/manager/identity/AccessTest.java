package dev.meseta.manager.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What people see and do is what their grants say: two tenants, each with a data center. */
class AccessTest extends ManagerIntegrationTest {

    @Autowired
    private Access access;

    private static int counter;

    private UUID ownCenter = new UUID(0, 0);
    private UUID ownCluster = new UUID(0, 0);
    private UUID ownVm = new UUID(0, 0);
    private UUID otherVm = new UUID(0, 0);
    private UUID otherCluster = new UUID(0, 0);
    private String name = "";
    private UUID userId = new UUID(0, 0);
    private ApiClient user = api;

    @BeforeEach
    void twoTenants() {
        TestRows rows = new TestRows(jdbc);
        ownCenter = rows.dataCenter();
        ownCluster = rows.cluster(ownCenter);
        ownVm = vm(rows, ownCluster);
        otherCluster = rows.cluster(rows.dataCenter());
        otherVm = vm(rows, otherCluster);
        name = "tenant-" + counter++;
        userId = makeUser(name);
        user = signedIn(name);
    }

    private UUID vm(TestRows rows, UUID cluster) {
        UUID id = rows.vm(cluster);
        jdbc.sql("INSERT INTO vm_observed (vm_id, status, status_since) VALUES (:id, 'DOWN', now())")
                .param("id", id)
                .update();
        return id;
    }

    private UUID makeUser(String username) {
        Answer made = api.post("/users", "{\"name\":\"%s\",\"password\":\"a long password\"}".formatted(username));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return UUID.fromString(made.json().path("id").asString());
    }

    private ApiClient signedIn(String username) {
        ApiClient client = anonymous();
        Answer answer = client.post(
                "/auth/login", "{\"username\":\"%s\",\"password\":\"a long password\"}".formatted(username));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return client.withHeader("X-XSRF-TOKEN", client.cookie("XSRF-TOKEN"));
    }

    private UUID grant(SeededRole role, String scopeKind, UUID scope, String effect, String tag) {
        return grantTo("\"userId\":\"%s\"".formatted(userId), role, scopeKind, scope, effect, tag);
    }

    private UUID grantTo(String to, SeededRole role, String scopeKind, UUID scope, String effect, String tag) {
        Answer made = api.post("/grants", grantBody(to, role, scopeKind, scope, effect, tag));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return UUID.fromString(made.json().path("id").asString());
    }

    private static String grantBody(
            String to, SeededRole role, String scopeKind, UUID scope, String effect, String tag) {
        return """
                {%s, "roleId": "%s", "scopeKind": "%s", "scopeId": "%s", "effect": "%s", "tag": "%s"}""".formatted(to, role.id(), scopeKind, scope, effect, tag);
    }

    private Set<UUID> shown(ApiClient client) {
        Set<UUID> ids = new HashSet<>();
        String cursor = "";
        do {
            Answer page = client.get("/vms?limit=500" + cursor);
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            page.json()
                    .path("items")
                    .forEach(item -> ids.add(UUID.fromString(item.path("id").asString())));
            String next = page.json().path("nextCursor").asString("");
            cursor = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        return ids;
    }

    @Test
    void without_grants_there_is_nothing_and_with_one_only_what_it_says() {
        assertThat(user.get("/vms").status()).isEqualTo(403);
        assertThat(user.get("/auth/session").status()).isEqualTo(200);

        grant(SeededRole.READ_ONLY, "DATA_CENTER", ownCenter, "ALLOW", "");

        assertThat(shown(user)).containsExactly(ownVm);
        assertThat(user.get("/vms/" + ownVm).status()).isEqualTo(200);
        assertThat(user.get("/clusters/" + ownCluster).status()).isEqualTo(200);
        assertThat(user.get("/clusters/" + otherCluster).status()).isEqualTo(404);
        assertThat(user.get("/vms/" + otherVm).code()).isEqualTo("NOT_FOUND");
        assertThat(user.get("/audit").status()).isEqualTo(403);
        Answer refused = user.post("/vms/" + ownVm + "/start", "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("VM_OPERATE");
    }

    @Test
    void what_is_seen_and_not_done_is_403_and_what_is_not_seen_is_404() {
        grant(SeededRole.READ_ONLY, "DATA_CENTER", ownCenter, "ALLOW", "");
        UUID third = vm(new TestRows(jdbc), ownCluster);
        grant(SeededRole.OPERATOR, "VM", third, "ALLOW", "");

        for (String verb : List.of("start", "stop", "reboot", "pause", "resume", "migrate")) {
            Answer seen = user.post("/vms/" + ownVm + "/" + verb, "");
            assertThat(seen.status()).as(verb + seen.text()).isEqualTo(403);
            assertThat(seen.text()).contains("can be granted on the VM, its cluster, its data center, its system");
            assertThat(user.post("/vms/" + otherVm + "/" + verb, "").status())
                    .as(verb)
                    .isEqualTo(404);
            assertThat(user.post("/vms/" + otherVm + "/" + verb + "?dryRun=true", "")
                            .status())
                    .as(verb)
                    .isEqualTo(404);
        }
        assertThat(user.post("/vms/" + otherVm + "/console", "{\"kind\":\"VNC\"}")
                        .status())
                .isEqualTo(404);
        assertThat(user.post("/vms/" + ownVm + "/console", "{\"kind\":\"VNC\"}").status())
                .isEqualTo(403);
        Answer bulk = user.post(
                "/vms/actions?dryRun=true",
                "{\"action\":\"START\",\"vmIds\":[\"%s\",\"%s\"]}".formatted(ownVm, otherVm));
        assertThat(bulk.json().path("items").get(0).path("error").path("code").asString())
                .isEqualTo("FORBIDDEN");
        assertThat(bulk.json().path("items").get(1).path("error").path("code").asString())
                .isEqualTo("NOT_FOUND");
    }

    @Test
    void a_denial_wins_at_any_level_and_a_tag_narrows() {
        UUID tagged = vm(new TestRows(jdbc), ownCluster);
        jdbc.sql("UPDATE vm SET tags = '{prod}' WHERE id = :id")
                .param("id", tagged)
                .update();
        grant(SeededRole.READ_ONLY, "CLUSTER", ownCluster, "ALLOW", "prod");
        assertThat(shown(user)).containsExactly(tagged);
        grant(SeededRole.READ_ONLY, "SYSTEM", ObjectRef.SYSTEM.id(), "ALLOW", "");
        assertThat(shown(user)).contains(tagged, ownVm, otherVm);
        UUID denial = grant(SeededRole.READ_ONLY, "DATA_CENTER", ownCenter, "DENY", "");
        assertThat(shown(user)).contains(otherVm).doesNotContain(tagged, ownVm);
        assertThat(user.get("/vms/" + ownVm).status()).isEqualTo(404);
        assertThat(api.send("DELETE", "/grants/" + denial, BodyPublishers.noBody())
                        .status())
                .isEqualTo(200);
        assertThat(shown(user)).contains(tagged, ownVm, otherVm);
    }

    @Test
    void the_list_and_the_decision_agree_whatever_the_grants_are() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TestRows rows = new TestRows(jdbc);
        List<UUID> centers = List.of(rows.dataCenter(), rows.dataCenter());
        List<UUID> clusters = new ArrayList<>();
        List<UUID> vms = new ArrayList<>();
        for (UUID center : centers) {
            for (int i = 0; i < 2; i++) {
                UUID cluster = rows.cluster(center);
                clusters.add(cluster);
                for (int j = 0; j < 3; j++) {
                    UUID vm = vm(rows, cluster);
                    vms.add(vm);
                    if (random.nextBoolean()) {
                        jdbc.sql("UPDATE vm SET tags = '{prod}' WHERE id = :id")
                                .param("id", vm)
                                .update();
                    }
                }
            }
        }
        for (int round = 0; round < 25; round++) {
            jdbc.sql("DELETE FROM access_grant WHERE user_id = :id")
                    .param("id", userId)
                    .update();
            grant(SeededRole.READ_ONLY, "VM", vms.get(random.nextInt(vms.size())), "ALLOW", "");
            for (int i = random.nextInt(4); i > 0; i--) {
                String effect = random.nextInt(3) == 0 ? "DENY" : "ALLOW";
                String tag = random.nextInt(3) == 0 ? "prod" : "";
                SeededRole role = random.nextBoolean() ? SeededRole.OPERATOR : SeededRole.CLUSTER_ADMINISTRATOR;
                switch (random.nextInt(4)) {
                    case 0 -> tryGrant(role, "SYSTEM", ObjectRef.SYSTEM.id(), effect, tag);
                    case 1 -> tryGrant(role, "DATA_CENTER", centers.get(random.nextInt(2)), effect, tag);
                    case 2 -> tryGrant(role, "CLUSTER", clusters.get(random.nextInt(4)), effect, tag);
                    default -> tryGrant(role, "VM", vms.get(random.nextInt(vms.size())), effect, tag);
                }
            }
            Answer list = user.get("/vms?limit=500");
            Set<UUID> shown = list.status() == 403 ? Set.of() : shown(user);
            AuthenticatedUser who = new AuthenticatedUser(userId, name, Set.of());
            for (UUID vm : vms) {
                assertThat(shown.contains(vm))
                        .as("seed %d, round %d, VM %s", seed, round, vm)
                        .isEqualTo(access.allows(who, Permission.VM_READ, ObjectRef.vm(vm)));
            }
        }
    }

    private void tryGrant(SeededRole role, String kind, UUID scope, String effect, String tag) {
        Answer made =
                api.post("/grants", grantBody("\"userId\":\"%s\"".formatted(userId), role, kind, scope, effect, tag));
        assertThat(made.status()).as(made.text()).isIn(201, 409);
    }

    @Test
    void nobody_gives_what_they_lack() {
        grant(SeededRole.DATA_CENTER_ADMINISTRATOR, "DATA_CENTER", ownCenter, "ALLOW", "");
        UUID friend = makeUser(name + "-friend");
        String to = "\"userId\":\"%s\"".formatted(friend);

        assertThat(user.post("/grants", grantBody(to, SeededRole.OPERATOR, "CLUSTER", ownCluster, "ALLOW", ""))
                        .status())
                .isEqualTo(201);
        assertThat(user.post("/grants", grantBody(to, SeededRole.SUPERUSER, "CLUSTER", ownCluster, "ALLOW", ""))
                        .status())
                .isEqualTo(403);
        assertThat(user.post("/grants", grantBody(to, SeededRole.OPERATOR, "CLUSTER", otherCluster, "ALLOW", ""))
                        .status())
                .isEqualTo(404);
        assertThat(user.post(
                                "/grants",
                                grantBody(to, SeededRole.OPERATOR, "SYSTEM", ObjectRef.SYSTEM.id(), "ALLOW", ""))
                        .status())
                .isEqualTo(403);
        assertThat(user.post("/roles", "{\"name\":\"mine-%s\",\"permissions\":[\"USER_MANAGE\"]}".formatted(name))
                        .status())
                .isEqualTo(403);
        assertThat(user.post("/users", "{\"name\":\"x\",\"password\":\"a long password\"}")
                        .status())
                .isEqualTo(403);

        // A denial below: what it covers is not given away above it, nor taken away by whom it binds.
        UUID denial = grant(SeededRole.OPERATOR, "VM", ownVm, "DENY", "");
        assertThat(user.post("/grants", grantBody(to, SeededRole.OPERATOR, "DATA_CENTER", ownCenter, "ALLOW", ""))
                        .status())
                .isEqualTo(403);
        assertThat(user.send("DELETE", "/grants/" + denial, BodyPublishers.noBody())
                        .status())
                .isEqualTo(403);
    }

    @Test
    void a_group_brings_its_grants_and_a_user_made_again_has_nothing_of_the_old() {
        UUID group = UUID.fromString(api.post("/groups", "{\"name\":\"g-%s\"}".formatted(name))
                .json()
                .path("id")
                .asString());
        grantTo("\"groupId\":\"%s\"".formatted(group), SeededRole.READ_ONLY, "VM", ownVm, "ALLOW", "");
        String members = "{\"userIds\":[\"%s\"]}".formatted(userId);
        assertThat(api.send(
                                "PUT",
                                "/groups/" + group + "/members",
                                BodyPublishers.ofString(members),
                                "If-Match",
                                "\"0\"")
                        .status())
                .isEqualTo(200);
        assertThat(api.send(
                                "PUT",
                                "/groups/" + group + "/members",
                                BodyPublishers.ofString(members),
                                "If-Match",
                                "\"0\"")
                        .status())
                .isEqualTo(412);
        assertThat(shown(user)).containsExactly(ownVm);

        assertThat(api.send("DELETE", "/users/" + userId, BodyPublishers.noBody())
                        .status())
                .isEqualTo(200);
        assertThat(user.get("/vms").status()).isEqualTo(401);
        makeUser(name);
        assertThat(signedIn(name).get("/vms").status()).isEqualTo(403);
    }

    @Test
    void a_token_does_no_more_than_its_owner_and_its_limits() {
        grant(SeededRole.READ_ONLY, "DATA_CENTER", ownCenter, "ALLOW", "");
        UUID second = vm(new TestRows(jdbc), ownCluster);
        String end = "2099-01-01T00:00:00Z";
        assertThat(user.post("/tokens", "{\"name\":\"t\",\"expiresAt\":\"%s\"}".formatted(end))
                        .status())
                .isEqualTo(400);
        String soon = jdbc.sql(
                        "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
                .query(String.class)
                .single();
        assertThat(user.post(
                                "/tokens",
                                "{\"name\":\"t\",\"permissions\":[\"VM_DELETE\"],\"expiresAt\":\"%s\"}".formatted(soon))
                        .status())
                .isEqualTo(403);
        Answer made = user.post(
                "/tokens",
                "{\"name\":\"t\",\"permissions\":[\"VM_READ\"],\"scopes\":[{\"kind\":\"VM\",\"id\":\"%s\"}],\"expiresAt\":\"%s\"}"
                        .formatted(second, soon));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        ApiClient token = anonymous()
                .withHeader(
                        "Authorization", "Bearer " + made.json().path("secret").asString());
        String tokenId = made.json().path("token").path("id").asString();

        assertThat(shown(token)).containsExactly(second);
        assertThat(token.get("/vms/" + ownVm).status()).isEqualTo(404);
        assertThat(token.get("/clusters").status()).isEqualTo(403);
        assertThat(token.post("/tokens", "{\"name\":\"u\",\"expiresAt\":\"%s\"}".formatted(soon))
                        .status())
                .isEqualTo(403);
        // The owner loses it, and so does the token.
        grant(SeededRole.READ_ONLY, "VM", second, "DENY", "");
        assertThat(token.get("/vms/" + second).status()).isEqualTo(404);
        assertThat(user.send("DELETE", "/tokens/" + tokenId, BodyPublishers.noBody())
                        .status())
                .isEqualTo(200);
        assertThat(token.get("/vms").status()).isEqualTo(401);
    }

    @Test
    void explain_says_which_grants_decided() {
        UUID allow = grant(SeededRole.OPERATOR, "CLUSTER", ownCluster, "ALLOW", "");
        String question = "/access/explain?principal=%s&permission=VM_OPERATE&object=VM:%s".formatted(userId, ownVm);
        Answer allowed = api.get(question);
        assertThat(allowed.json().path("allowed").asBoolean())
                .as(allowed.text())
                .isTrue();
        assertThat(allowed.json().path("chain").get(0).path("grantId").asString())
                .isEqualTo(allow.toString());
        assertThat(api.get("/access/who-can?permission=VM_OPERATE&object=VM:" + ownVm)
                        .text())
                .contains(name);
        UUID deny = grant(SeededRole.OPERATOR, "VM", ownVm, "DENY", "");
        Answer denied = api.get(question);
        assertThat(denied.json().path("allowed").asBoolean()).isFalse();
        assertThat(denied.json().path("chain").get(0).path("grantId").asString())
                .isEqualTo(deny.toString());
        assertThat(api.get("/access/who-can?permission=VM_OPERATE&object=VM:" + ownVm)
                        .text())
                .doesNotContain(name);
        assertThat(api.get("/access/review.csv").text()).contains(name, "operator", "DENY");
        assertThat(user.get(question).status()).isEqualTo(403);
    }

    @Test
    void seeded_roles_stay_and_somebody_stays_in_charge() {
        Answer changed = api.send(
                "PUT",
                "/roles/" + SeededRole.OPERATOR.id(),
                BodyPublishers.ofString("{\"name\":\"operator\",\"permissions\":[]}"),
                "If-Match",
                "\"0\"");
        assertThat(changed.code()).isEqualTo("VALIDATION_FAILED");
        Answer denial = api.post(
                "/grants",
                grantBody("\"everyone\":true", SeededRole.SUPERUSER, "SYSTEM", ObjectRef.SYSTEM.id(), "DENY", ""));
        assertThat(denial.code()).as(denial.text()).isEqualTo("VALIDATION_FAILED");
        assertThat(shown(api)).contains(ownVm, otherVm);
    }

    @Test
    void events_and_tasks_are_seen_with_what_they_are_about() {
        grant(SeededRole.OPERATOR, "CLUSTER", ownCluster, "ALLOW", "");
        TestRows rows = new TestRows(jdbc);
        UUID ownTask = rows.task(ownVm);
        UUID otherTask = rows.task(otherVm);
        for (UUID vm : List.of(ownVm, otherVm)) {
            jdbc.sql(
                            "INSERT INTO event (at, kind, object_kind, object_id, severity) VALUES (now(), 'vm.changed', 'vm', :id, 'INFO')")
                    .param("id", vm)
                    .update();
        }
        for (UUID task : List.of(ownTask, otherTask)) {
            jdbc.sql(
                            "INSERT INTO event (at, kind, object_kind, object_id, severity) VALUES (now(), 'task.changed', 'task', :id, 'INFO')")
                    .param("id", task)
                    .update();
        }

        assertThat(user.get("/tasks?limit=500").text())
                .contains(ownTask.toString())
                .doesNotContain(otherTask.toString());
        assertThat(user.get("/tasks/" + ownTask).status()).isEqualTo(200);
        assertThat(user.get("/tasks/" + otherTask).status()).isEqualTo(404);
        assertThat(user.post("/tasks/" + otherTask + "/cancel", "").status()).isEqualTo(404);
        assertThat(user.get("/events?limit=500").text())
                .contains(ownVm.toString(), ownTask.toString())
                .doesNotContain(otherVm.toString(), otherTask.toString());
    }

    @Test
    void a_stream_shows_what_its_watcher_may_see_at_that_moment() throws IOException {
        UUID grant = grant(SeededRole.OPERATOR, "VM", ownVm, "ALLOW", "");
        try (var stream = new BufferedReader(new InputStreamReader(
                user.stream("/events/stream", "Accept", "text/event-stream").body(), StandardCharsets.UTF_8))) {
            assertThat(readTo(stream, "event: stream.ready")).doesNotContain("vm.changed");
            touch(otherVm);
            touch(ownVm);
            assertThat(readTo(stream, ownVm.toString())).doesNotContain(otherVm.toString());
            // The role goes, and what is said of the VM afterwards is not heard.
            UUID third = vm(new TestRows(jdbc), ownCluster);
            grant(SeededRole.OPERATOR, "VM", third, "ALLOW", "");
            assertThat(api.send("DELETE", "/grants/" + grant, BodyPublishers.noBody())
                            .status())
                    .isEqualTo(200);
            touch(ownVm);
            touch(third);
            assertThat(readTo(stream, third.toString())).doesNotContain(ownVm.toString());
        }
    }

    /** Changes something of it, as an administrator. */
    private void touch(UUID vm) {
        String version = api.get("/vms/" + vm).header("ETag");
        assertThat(api.patch("/vms/" + vm, "{\"description\":\"%s\"}".formatted(UUID.randomUUID()), "If-Match", version)
                        .status())
                .isEqualTo(200);
    }

    private static String readTo(BufferedReader stream, String what) throws IOException {
        StringBuilder read = new StringBuilder();
        for (String line = stream.readLine(); line != null; line = stream.readLine()) {
            read.append(line).append('\n');
            if (line.contains(what)) {
                return read.toString();
            }
        }
        throw new AssertionError("The stream ended before it said " + what + ": " + read);
    }

    @Test
    void what_was_accepted_goes_on_without_the_role_and_what_comes_after_is_refused() {
        UUID grant = grant(SeededRole.OPERATOR, "CLUSTER", ownCluster, "ALLOW", "");
        UUID task = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO task (id, kind, schema_version, state, phase, payload, target_kind, target_id, target_name,
                            exclusive, correlation_id, requested_by, requested_by_id, created_at, updated_at)
                        VALUES (:id, 'test.future', 99, 'PENDING', 'FIRST', '{}', 'vm', :target, 'target', true, 'c', :name,
                            :user, now(), now())""")
                .param("id", task)
                .param("target", ownVm)
                .param("name", name)
                .param("user", userId)
                .update();
        assertThat(user.get("/tasks/" + task).status()).isEqualTo(200);
        assertThat(api.send("DELETE", "/grants/" + grant, BodyPublishers.noBody())
                        .status())
                .isEqualTo(200);
        assertThat(user.post("/tasks/" + task + "/cancel", "").status()).isEqualTo(403);
        assertThat(user.post("/vms/" + ownVm + "/start", "").status()).isEqualTo(403);
        assertThat(api.get("/tasks/" + task).json().path("state").asString()).isEqualTo("PENDING");
        assertThat(api.get("/tasks/" + task).json().path("cancelRequested").asBoolean())
                .isFalse();
    }
}
