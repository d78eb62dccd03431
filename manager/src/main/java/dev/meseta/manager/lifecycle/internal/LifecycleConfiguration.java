package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.internal.Payloads.PauseVm;
import dev.meseta.manager.tasks.TaskHandler;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of this module that are no components by themselves. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LifecycleProperties.class)
class LifecycleConfiguration {

    @Bean
    TaskHandler<PauseVm> vmPauseHandler(HostAgents agents, VmRows rows, SeenEnds ends) {
        return new VmPauseHandler(agents, rows, ends, true);
    }

    @Bean
    TaskHandler<PauseVm> vmResumeHandler(HostAgents agents, VmRows rows, SeenEnds ends) {
        return new VmPauseHandler(agents, rows, ends, false);
    }
}
