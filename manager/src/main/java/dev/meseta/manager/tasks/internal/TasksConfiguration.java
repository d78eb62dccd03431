package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.StateCounts;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.web.KnownValues;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskLists;
import dev.meseta.manager.tasks.TaskWaits;
import dev.meseta.manager.tasks.Tasks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** The engine as beans. */
@Configuration(proxyBeanMethods = false)
class TasksConfiguration {

    @Bean
    TaskEngine taskEngine(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            EventPublisher publisher,
            ObjectProvider<TaskHandler<?>> handlers,
            UuidGenerator ids,
            InstantSource clock,
            MeterRegistry registry,
            ManagerIdentity manager) {
        return new TaskEngine(
                dataSource,
                transactionManager,
                publisher,
                () -> List.copyOf(handlers.stream().toList()),
                ids,
                clock,
                BackOff.DEFAULT,
                registry,
                TaskDriver.Settings.of(manager.id().toString()));
    }

    @Bean
    Tasks tasks(TaskEngine engine) {
        return engine.tasks();
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
    TaskLists taskLists(TaskEngine engine) {
        return engine.lists();
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
