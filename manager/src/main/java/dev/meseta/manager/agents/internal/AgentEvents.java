package dev.meseta.manager.agents.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;

/** News for other modules, outside of any transaction, on the thread of the host it is about. */
final class AgentEvents {

    private static final Logger LOG = LoggerFactory.getLogger(AgentEvents.class);

    private final ApplicationEventPublisher publisher;

    AgentEvents(ApplicationEventPublisher publisher) {
        this.publisher = publisher;
    }

    /** A listener that fails is logged; it must not take the host's watch down with it. */
    void publish(Object event) {
        try {
            publisher.publishEvent(event);
        } catch (RuntimeException e) {
            LOG.error("A listener failed on {}", event, e);
        }
    }
}
