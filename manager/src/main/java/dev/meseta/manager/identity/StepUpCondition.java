package dev.meseta.manager.identity;

import java.util.UUID;

/** For what a verb is dangerous, where it is not for everything. A bean, asked before the request is worked on. */
public interface StepUpCondition {

    /**
     * Whether the verb is dangerous for this one. False for what the actor may not do it to anyway: the refusal is to say that, and
     * nothing of the object.
     */
    boolean isDangerous(UUID objectId);
}
