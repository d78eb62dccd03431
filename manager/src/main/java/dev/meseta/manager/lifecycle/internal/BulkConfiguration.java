package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.lifecycle.BulkVerb;
import dev.meseta.manager.lifecycle.BulkVerbs;
import dev.meseta.manager.lifecycle.internal.Payloads.BulkVms;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskItems;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One kind of task for each verb that can be done to many VMs. */
@Configuration(proxyBeanMethods = false)
class BulkConfiguration {

    @Bean
    TaskHandler<BulkVms> vmBulkStartHandler(List<BulkVerbs> verbs, TaskItems items) {
        return handler(BulkVerb.START, verbs, items);
    }

    @Bean
    TaskHandler<BulkVms> vmBulkStopHandler(List<BulkVerbs> verbs, TaskItems items) {
        return handler(BulkVerb.STOP, verbs, items);
    }

    @Bean
    TaskHandler<BulkVms> vmBulkRebootHandler(List<BulkVerbs> verbs, TaskItems items) {
        return handler(BulkVerb.REBOOT, verbs, items);
    }

    @Bean
    TaskHandler<BulkVms> vmBulkPauseHandler(List<BulkVerbs> verbs, TaskItems items) {
        return handler(BulkVerb.PAUSE, verbs, items);
    }

    @Bean
    TaskHandler<BulkVms> vmBulkResumeHandler(List<BulkVerbs> verbs, TaskItems items) {
        return handler(BulkVerb.RESUME, verbs, items);
    }

    @Bean
    TaskHandler<BulkVms> vmBulkDeleteHandler(List<BulkVerbs> verbs, TaskItems items) {
        return handler(BulkVerb.DELETE, verbs, items);
    }

    @Bean
    TaskHandler<BulkVms> vmBulkMigrateHandler(List<BulkVerbs> verbs, TaskItems items) {
        return handler(BulkVerb.MIGRATE, verbs, items);
    }

    private static TaskHandler<BulkVms> handler(BulkVerb verb, List<BulkVerbs> verbs, TaskItems items) {
        return new VmBulkHandler(verb, VmBulkService.doing(verb, verbs), items);
    }
}
