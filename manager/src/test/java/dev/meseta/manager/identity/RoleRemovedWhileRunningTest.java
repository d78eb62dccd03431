package dev.meseta.manager.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.transaction.support.TransactionOperations;

/** A role is taken away while a task of its holder is in the middle of a step: the task goes on, and no further request does. */
@Import(RoleRemovedWhileRunningTest.Work.class)
@DirtiesContext
class RoleRemovedWhileRunningTest extends ManagerIntegrationTest {

    @Autowired
    private Tasks tasks;

    @Autowired
    private TransactionOperations transactions;

    @Autowired
    private Work.Slow slow;

    @TestConfiguration(proxyBeanMethods = false)
    static class Work {

        record Nothing() {}

        enum Phases {
            FIRST,
            SECOND
        }

        @Bean
        Slow slow(Access access) {
            return new Slow(access);
        }

        /** Stays in its first step until it is told to go on, and then asks for what its requester could. */
        static final class Slow implements TaskHandler<Nothing> {

            final BlockingQueue<UUID> inside = new ArrayBlockingQueue<>(10);
            final BlockingQueue<Boolean> goOn = new ArrayBlockingQueue<>(10);
            private final Access access;

            Slow(Access access) {
                this.access = access;
            }

            @Override
            public String kind() {
                return "test.slow";
            }

            @Override
            public int schemaVersion() {
                return 1;
            }

            @Override
            public Class<Nothing> payloadType() {
                return Nothing.class;
            }

            @Override
            public Class<? extends Enum<?>> phases() {
                return Phases.class;
            }

            @Override
            public StepResult<Nothing> step(TaskContext<Nothing> context) {
                if (context.phase().equals(Phases.SECOND.name())) {
                    access.require(Permission.VM_OPERATE, ObjectRef.vm(context.targetId()));
                    return new StepResult.Succeed<>(context.payload(), "done", StepResult.TransactionalEffects.NONE);
                }
                try {
                    inside.add(context.taskId());
                    assertThat(goOn.poll(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
                return new StepResult.Advance<>(
                        Phases.SECOND.name(), context.payload(), "half", StepResult.TransactionalEffects.NONE);
            }
        }
    }

    @Test
    void what_was_accepted_goes_on_and_the_next_request_is_refused() throws InterruptedException {
        TestRows rows = new TestRows(jdbc);
        UUID vm = rows.vm(rows.cluster(rows.dataCenter()));
        jdbc.sql("INSERT INTO vm_observed (vm_id, status, status_since) VALUES (:id, 'DOWN', now())")
                .param("id", vm)
                .update();
        UUID userId = made(api.post("/users", "{\"name\":\"in-the-middle\",\"password\":\"a long password\"}"));
        UUID grant = made(api.post(
                "/grants",
                "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"VM\",\"scopeId\":\"%s\"}"
                        .formatted(userId, SeededRole.OPERATOR.id(), vm)));
        ApiClient user = anonymous();
        assertThat(user.post("/auth/login", "{\"username\":\"in-the-middle\",\"password\":\"a long password\"}")
                        .status())
                .isEqualTo(200);
        user.withHeader("X-XSRF-TOKEN", user.cookie("XSRF-TOKEN"));
        TaskView task = Actor.as(
                new AuthenticatedUser(userId, "in-the-middle", Set.of()),
                () -> transactions.execute(status -> tasks.submit(new Submission<>(
                        "test.slow",
                        new Work.Nothing(),
                        "vm",
                        vm,
                        "target",
                        true,
                        "c",
                        "in-the-middle",
                        Optional.empty()))));
        assertThat(task).isNotNull();
        assertThat(slow.inside.poll(60, TimeUnit.SECONDS)).isEqualTo(task.id());

        assertThat(api.send("DELETE", "/grants/" + grant, BodyPublishers.noBody())
                        .status())
                .isEqualTo(200);

        assertThat(user.post("/vms/" + vm + "/start", "").status()).isEqualTo(403);
        assertThat(user.get("/vms/" + vm).status()).isIn(403, 404);
        assertThat(user.post("/tasks/" + task.id() + "/cancel", "").status()).isEqualTo(403);
        assertThat(api.get("/tasks/" + task.id()).json().path("state").asString())
                .isIn("PENDING", "RUNNING");
        slow.goOn.add(true);
        Answer over = api.get("/tasks/" + task.id());
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!over.json().path("state").asString().equals("SUCCEEDED")) {
            assertThat(System.nanoTime()).as(over.text()).isLessThan(giveUp);
            over = api.get("/tasks/" + task.id());
        }
    }

    private static UUID made(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return UUID.fromString(answer.json().path("id").asString());
    }
}
