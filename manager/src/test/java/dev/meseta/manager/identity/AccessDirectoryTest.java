package dev.meseta.manager.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Users, groups and grants as an administrator changes them, and who may not. */
class AccessDirectoryTest extends ManagerIntegrationTest {

    private static final String PASSWORD = "a long password";

    @Autowired
    private Access access;

    private static int counter;

    private UUID cluster = new UUID(0, 0);
    private UUID vm = new UUID(0, 0);
    private String name = "";
    private UUID userId = new UUID(0, 0);
    private ApiClient user = api;

    @BeforeEach
    void somebodyWithAVm() {
        TestRows rows = new TestRows(jdbc);
        cluster = rows.cluster(rows.dataCenter());
        vm = rows.vm(cluster);
        jdbc.sql("INSERT INTO vm_observed (vm_id, status, status_since) VALUES (:id, 'DOWN', now())")
                .param("id", vm)
                .update();
        name = "directory-" + counter++;
        userId = makeUser(name);
        user = signedIn(name);
    }

    private UUID makeUser(String username) {
        return made(api.post("/users", "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(username, PASSWORD)));
    }

    private static UUID made(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return UUID.fromString(answer.json().path("id").asString());
    }

    private Answer login(ApiClient client, String username, String password) {
        return client.post("/auth/login", "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password));
    }

    private ApiClient signedIn(String username) {
        ApiClient client = anonymous();
        Answer answer = login(client, username, PASSWORD);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return client.withHeader("X-XSRF-TOKEN", client.cookie("XSRF-TOKEN"));
    }

    private UUID grant(UUID to, UUID role, String kind, UUID scope) {
        return made(api.post("/grants", grantBody(to, role, kind, scope)));
    }

    private static String grantBody(UUID to, UUID role, String kind, UUID scope) {
        return "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"%s\",\"scopeId\":\"%s\"}"
                .formatted(to, role, kind, scope);
    }

    private UUID roleWith(String permissions) {
        return made(api.post(
                "/roles", "{\"name\":\"role-%s\",\"permissions\":[%s]}".formatted(UUID.randomUUID(), permissions)));
    }

    private static Answer put(ApiClient client, String path, String body) {
        String version = client.get(path.replaceAll("/(members|password)$", "")).header("ETag");
        return client.send("PUT", path, BodyPublishers.ofString(body), "If-Match", version);
    }

    private static Answer delete(ApiClient client, String path) {
        return client.send("DELETE", path, BodyPublishers.noBody());
    }

    private void lastProofWasLongAgo() {
        jdbc.sql(
                        "UPDATE user_session SET password_proved_at = password_proved_at - interval '1 hour' WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    @Test
    void changes_need_a_factor_shown_lately_and_plans_do_not() {
        grant(userId, SeededRole.SUPERUSER.id(), "SYSTEM", ObjectRef.SYSTEM.id());
        UUID group = made(api.post("/groups", "{\"name\":\"g-%s\"}".formatted(name)));
        UUID role = roleWith("\"VM_READ\"");
        UUID friend = makeUser(name + "-friend");
        lastProofWasLongAgo();
        String grant = grantBody(friend, role, "VM", vm);
        for (Answer refused : List.of(
                user.post("/grants", grant),
                delete(user, "/users/" + friend),
                put(user, "/users/" + friend, "{\"displayName\":\"\",\"disabled\":true}"),
                put(user, "/users/" + friend + "/password", "{\"password\":\"" + PASSWORD + "\"}"),
                user.post("/users/" + friend + "/factors/reset", ""),
                put(user, "/groups/" + group + "/members", "{\"userIds\":[\"" + friend + "\"]}"),
                delete(user, "/roles/" + role))) {
            assertThat(refused.code()).as(refused.text()).isEqualTo("STEP_UP_REQUIRED");
        }
        assertThat(user.post("/grants?dryRun=true", grant).status()).isEqualTo(200);

        assertThat(user.post("/auth/step-up", "{\"password\":\"" + PASSWORD + "\"}")
                        .status())
                .isEqualTo(204);
        assertThat(user.post("/grants", grant).status()).isEqualTo(201);
    }

    @Test
    void who_is_disabled_can_do_nothing_until_enabled_again() {
        UUID grant = grant(userId, SeededRole.OPERATOR.id(), "VM", vm);
        String soon = jdbc.sql(
                        "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
                .query(String.class)
                .single();
        String secret = user.post("/tokens", "{\"name\":\"t\",\"expiresAt\":\"%s\"}".formatted(soon))
                .json()
                .path("secret")
                .asString();
        ApiClient token = anonymous().withHeader("Authorization", "Bearer " + secret);
        assertThat(token.get("/vms/" + vm).status()).isEqualTo(200);

        Answer disabled = put(api, "/users/" + userId, "{\"displayName\":\"Somebody\",\"disabled\":true}");
        assertThat(disabled.json().path("disabled").asBoolean())
                .as(disabled.text())
                .isTrue();

        assertThat(user.get("/vms/" + vm).status()).isEqualTo(401);
        assertThat(token.get("/vms/" + vm).status()).isEqualTo(401);
        assertThat(login(anonymous(), name, PASSWORD).code()).isEqualTo("UNAUTHENTICATED");
        assertThat(access.allows(
                        new AuthenticatedUser(userId, name, Set.of(Permission.VM_READ)),
                        Permission.VM_READ,
                        ObjectRef.vm(vm)))
                .isFalse();
        String question = "/access/explain?principal=%s&permission=VM_READ&object=VM:%s".formatted(userId, vm);
        assertThat(api.get(question).json().path("allowed").asBoolean()).isFalse();
        assertThat(api.get(question).text()).contains("disabled");
        assertThat(api.get("/access/who-can?permission=VM_READ&object=VM:" + vm).text())
                .doesNotContain(name);
        assertThat(api.get("/users?q=disabled:true&limit=500").text()).contains(userId.toString());

        assertThat(put(api, "/users/" + userId, "{\"displayName\":\"Somebody\",\"disabled\":false}")
                        .status())
                .isEqualTo(200);
        assertThat(signedIn(name).get("/vms/" + vm).status()).isEqualTo(200);
        assertThat(token.get("/vms/" + vm).status()).isEqualTo(200);
        assertThat(api.get("/grants/" + grant).status()).isEqualTo(200);
        assertThat(api.get("/audit/export").text()).contains("user.change");
    }

    @Test
    void a_reset_takes_factors_and_sessions_away_and_is_only_for_who_holds_as_much() {
        jdbc.sql("INSERT INTO totp (user_id, sealed_secret, last_step, created_at) VALUES (:user, 'x', 0, now())")
                .param("user", userId)
                .update();
        jdbc.sql("INSERT INTO recovery_code (user_id, hash) VALUES (:user, 'x')")
                .param("user", userId)
                .update();
        assertThat(api.get("/users/" + userId).json().path("hasSecondFactor").asBoolean())
                .isTrue();
        assertThat(login(anonymous(), name, PASSWORD).text()).contains("pending");
        // Somebody who may manage users, and no more.
        String helper = name + "-helper";
        UUID helperId = makeUser(helper);
        grant(helperId, roleWith("\"USER_READ\",\"USER_MANAGE\""), "SYSTEM", ObjectRef.SYSTEM.id());
        ApiClient manager = signedIn(helper);
        UUID grant = grant(userId, SeededRole.OPERATOR.id(), "VM", vm);
        String wanted = "{\"password\":\"another long password\"}";
        assertThat(manager.post("/users/" + userId + "/factors/reset", "").status())
                .isEqualTo(403);
        assertThat(put(manager, "/users/" + userId + "/password", wanted).status())
                .isEqualTo(403);
        assertThat(put(manager, "/users/" + userId, "{\"displayName\":\"\",\"disabled\":true}")
                        .status())
                .isEqualTo(403);
        assertThat(delete(manager, "/users/" + userId).status()).isEqualTo(403);
        assertThat(manager.post("/users/" + helperId + "/factors/reset", "").code())
                .isEqualTo("VALIDATION_FAILED");

        Answer reset = api.post("/users/" + userId + "/factors/reset", "");
        assertThat(reset.json().path("hasSecondFactor").asBoolean(true))
                .as(reset.text())
                .isFalse();
        assertThat(user.get("/auth/session").status()).isEqualTo(401);
        assertThat(jdbc.sql("SELECT count(*) FROM recovery_code WHERE user_id = :user")
                        .param("user", userId)
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(signedIn(name).get("/vms/" + vm).status()).isEqualTo(200);
        assertThat(api.get("/audit/export").text()).contains("user.factors.reset");

        // What the other holds is gone, and so is what it took.
        assertThat(delete(api, "/grants/" + grant).status()).isEqualTo(200);
        assertThat(put(manager, "/users/" + userId + "/password", "{\"password\":\"" + name + " and more\"}")
                        .code())
                .isEqualTo("VALIDATION_FAILED");
        assertThat(put(manager, "/users/" + userId + "/password", wanted).status())
                .isEqualTo(200);
        assertThat(login(anonymous(), name, PASSWORD).status()).isEqualTo(401);
        assertThat(login(anonymous(), name, "another long password").status()).isEqualTo(200);
        assertThat(api.get("/audit/export").text())
                .contains("user.password.reset")
                .doesNotContain("another long password");
    }

    @Test
    void a_group_changes_its_name_and_keeps_what_it_brings() {
        UUID group = made(api.post("/groups", "{\"name\":\"g-%s\"}".formatted(name)));
        UUID other = made(api.post("/groups", "{\"name\":\"h-%s\"}".formatted(name)));
        made(api.post(
                "/grants",
                "{\"groupId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"VM\",\"scopeId\":\"%s\"}"
                        .formatted(group, SeededRole.OPERATOR.id(), vm)));
        assertThat(put(api, "/groups/" + group + "/members", "{\"userIds\":[\"" + userId + "\"]}")
                        .status())
                .isEqualTo(200);
        String taken = "{\"name\":\"h-%s\",\"description\":\"\"}".formatted(name);
        assertThat(put(api, "/groups/" + group, taken).code()).isEqualTo("NAME_TAKEN");
        Answer renamed = put(api, "/groups/" + group, "{\"name\":\"i-%s\",\"description\":\"those\"}".formatted(name));
        assertThat(renamed.json().path("description").asString())
                .as(renamed.text())
                .isEqualTo("those");
        assertThat(user.get("/vms/" + vm).status()).isEqualTo(200);

        // A name that is free again brings nothing of who had it.
        assertThat(put(api, "/groups/" + other, "{\"name\":\"g-%s\",\"description\":\"\"}".formatted(name))
                        .status())
                .isEqualTo(200);
        assertThat(delete(api, "/groups/" + group).status()).isEqualTo(200);
        assertThat(user.get("/vms/" + vm).status()).isIn(403, 404);
        assertThat(put(user, "/groups/" + other, taken).status()).isEqualTo(403);
    }

    @Test
    void the_list_of_grants_has_full_pages_of_what_may_be_seen_and_nothing_else() {
        TestRows rows = new TestRows(jdbc);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        UUID reader = roleWith("\"GRANT_READ\",\"VM_READ\"");
        UUID center = rows.dataCenter();
        UUID ownCluster = rows.cluster(center);
        List<UUID> vms = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            UUID one = rows.vm(random.nextBoolean() ? ownCluster : cluster);
            if (random.nextBoolean()) {
                jdbc.sql("UPDATE vm SET tags = '{prod}' WHERE id = :id")
                        .param("id", one)
                        .update();
            }
            vms.add(one);
            grant(userId, SeededRole.OPERATOR.id(), "VM", one);
        }
        grant(userId, SeededRole.OPERATOR.id(), "CLUSTER", ownCluster);
        grant(userId, SeededRole.OPERATOR.id(), "DATA_CENTER", center);
        grant(userId, SeededRole.OPERATOR.id(), "SYSTEM", ObjectRef.SYSTEM.id());
        for (int round = 0; round < 10; round++) {
            String watcher = name + "-" + round;
            UUID watcherId = makeUser(watcher);
            List<String> scopes = List.of(
                    "DATA_CENTER:" + center,
                    "CLUSTER:" + cluster,
                    "VM:" + vms.get(0),
                    "SYSTEM:" + ObjectRef.SYSTEM.id());
            for (int i = 0; i < 3; i++) {
                String[] scope = scopes.get(random.nextInt(scopes.size())).split(":");
                Answer made = api.post("/grants", """
                        {"userId": "%s", "roleId": "%s", "scopeKind": "%s", "scopeId": "%s", "effect": "%s", "tag": "%s"}""".formatted(
                                watcherId,
                                reader,
                                scope[0],
                                scope[1],
                                i > 0 && random.nextInt(3) == 0 ? "DENY" : "ALLOW",
                                random.nextInt(3) == 0 ? "prod" : ""));
                assertThat(made.status()).isIn(201, 409);
            }
            ApiClient watching = signedIn(watcher);
            AuthenticatedUser who = new AuthenticatedUser(watcherId, watcher, Set.of());
            Set<String> expected = new HashSet<>();
            api.get("/grants?limit=500&q=user:" + userId).json().path("items").forEach(item -> {
                ObjectRef scope = new ObjectRef(
                        ObjectKind.valueOf(item.path("scopeKind").asString()),
                        UUID.fromString(item.path("scopeId").asString()));
                if (access.allows(who, Permission.GRANT_READ, scope)) {
                    expected.add(item.path("id").asString());
                }
            });
            Set<String> seen = new HashSet<>();
            String cursor = "";
            do {
                Answer page = watching.get("/grants?limit=3&q=user:" + userId + cursor);
                if (page.status() == 403) {
                    break;
                }
                page.json()
                        .path("items")
                        .forEach(item -> seen.add(item.path("id").asString()));
                String next = page.json().path("nextCursor").asString("");
                assertThat(next.isEmpty() || page.json().path("items").size() == 3)
                        .as("seed %d: a page that is not full", seed)
                        .isTrue();
                cursor = next.isEmpty() ? "" : "&cursor=" + next;
            } while (!cursor.isEmpty());
            assertThat(seen).as("seed %d, round %d", seed, round).isEqualTo(expected);
        }
    }

    @Test
    void a_thread_that_does_not_say_who_asks_is_let_do_nothing() throws InterruptedException {
        ObjectRef object = ObjectRef.vm(vm);
        assertThatThrownBy(() -> access.require(Permission.VM_READ, object)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> access.allows(Permission.VM_READ, object)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> access.isAllowedEverywhere(Permission.VM_READ))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(
                        () -> access.visible(Permission.VM_READ, AccessColumns.vms("v.id", "v.cluster_id", "v.tags")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> access.about(Permission.EVENT_READ, "k", "i"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(Actor.asManager(() -> access.allows(Permission.VM_READ, object)))
                .isTrue();
        assertThat(Actor.as(Actor.NOBODY, () -> access.allows(Permission.VM_READ, object)))
                .isFalse();
        // A thread that a request starts has not the request's actor, nor the manager's rights.
        Boolean failed = Actor.asManager(() -> {
            List<Throwable> thrown = new ArrayList<>();
            Thread thread = Thread.ofVirtual()
                    .uncaughtExceptionHandler((t, e) -> thrown.add(e))
                    .start(() -> access.require(Permission.VM_READ, object));
            thread.join();
            return thrown.size() == 1 && thrown.getFirst() instanceof IllegalStateException;
        });
        assertThat(failed).isTrue();
    }
}
