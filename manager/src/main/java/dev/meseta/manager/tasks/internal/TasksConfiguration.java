package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.audit.AuditedNames;
import dev.meseta.manager.audit.CommittedAudit;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.MembersChanged;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.StateCounts;
import dev.meseta.manager.shared.Topics;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.tracing.Tracing;
import dev.meseta.manager.shared.web.KnownValues;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskLists;
import dev.meseta.manager.tasks.TaskWaits;
import dev.meseta.manager.tasks.Tasks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** The engine as beans. */
@Configuration(proxyBeanMethods = false)
class TasksConfiguration {

    @Bean
    TaskEngine taskEngine(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            EventPublisher publisher,
            CommittedAudit audit,
            ObjectProvider<TaskHandler<?>> handlers,
            UuidGenerator ids,
            InstantSource clock,
            MeterRegistry registry,
            Tracing tracing,
            Membership membership,
            Topics topics) {
        return new TaskEngine(
                dataSource,
                transactionManager,
                publisher,
                audit,
                () -> List.copyOf(handlers.stream().toList()),
                ids,
                clock,
                BackOff.DEFAULT,
                registry,
                tracing,
                livesOf(membership),
                topics.topic("task.ended", EndWaits.TaskEnded.class),
                TaskDriver.Settings.standard());
    }

    private static TaskDriver.Lives livesOf(Membership membership) {
        return new TaskDriver.Lives() {
            @Override
            public String own() {
                return membership.self().name();
            }

            @Override
            public Set<String> over() {
                return membership.buried().stream().map(Life::name).collect(Collectors.toUnmodifiableSet());
            }
        };
    }

    @Bean
    ApplicationListener<PayloadApplicationEvent<MembersChanged>> takeOverTasks(TaskEngine engine) {
        return ApplicationListener.forPayload(changed -> engine.takeOverNow());
    }

    @Bean
    Tasks tasks(TaskEngine engine, Access access) {
        return engine.tasks(access);
    }

    @Bean
    StateCounts taskCounts(TaskEngine engine) {
        return engine.meters();
    }

    @Bean
    TaskWaits taskWaits(TaskEngine engine) {
        return engine.waits();
    }

    @Bean
    TaskItems taskItems(TaskEngine engine) {
        return engine.items();
    }

    @Bean
    TaskLists taskLists(TaskEngine engine, Access access) {
        return engine.lists(access);
    }

    @Bean
    AuditedNames auditedTasks(JdbcClient jdbc) {
        return AuditedNames.of(
                "tasks",
                id -> jdbc.sql("SELECT kind || ' ' || target_name FROM task WHERE id = :id")
                        .param("id", id)
                        .query(String.class)
                        .optional());
    }

    @Bean
    KnownValues kindsOfTasks(ObjectProvider<TaskHandler<?>> handlers) {
        return KnownValues.some(
                "TaskView",
                "kind",
                () -> handlers.stream().map(TaskHandler::kind).sorted().toList());
    }

    @Bean
    KnownValues phasesOfTasks(ObjectProvider<TaskHandler<?>> handlers) {
        return KnownValues.some("TaskView", "phase", () -> phases(handlers));
    }

    @Bean
    KnownValues phasesOfSteps(ObjectProvider<TaskHandler<?>> handlers) {
        return KnownValues.some("TaskStep", "phase", () -> phases(handlers));
    }

    private static List<String> phases(ObjectProvider<TaskHandler<?>> handlers) {
        return handlers.stream()
                .flatMap(handler -> Arrays.stream(handler.phases().getEnumConstants()))
                .<String>map(Enum::name)
                .distinct()
                .sorted()
                .toList();
    }
}
