package dev.meseta.manager.inventory;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Application event, after commit: what was observed of a VM changed.
 *
 * @param reason as the agent gave it, e.g. GUEST_SHUTDOWN or CRASHED
 */
public record VmObserved(
        UUID vmId,
        VmStatus before,
        VmStatus now,
        String reason,
        @Nullable UUID hostId) {}
