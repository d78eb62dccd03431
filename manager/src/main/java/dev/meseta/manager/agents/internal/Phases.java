package dev.meseta.manager.agents.internal;

import org.springframework.context.SmartLifecycle;

/** In which order the parts of this module start; they stop the other way round. */
final class Phases {

    static final int CREDENTIALS = SmartLifecycle.DEFAULT_PHASE - 10_000;
    static final int ENROLMENT_SERVER = CREDENTIALS + 1;
    static final int HOST_CONNECTIONS = CREDENTIALS + 2;

    private Phases() {}
}
