package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.libvirt.binding.TypedParameters;
import java.util.concurrent.CompletableFuture;

/** A migration that this process has started and that has not ended. */
final class OutgoingMigration {

    private final boolean postCopyAllowed;
    private final CompletableFuture<TypedParameters> statistics = new CompletableFuture<>();
    private volatile boolean cancelRequested;
    private volatile boolean postCopy;

    OutgoingMigration(boolean postCopyAllowed) {
        this.postCopyAllowed = postCopyAllowed;
    }

    boolean postCopyAllowed() {
        return postCopyAllowed;
    }

    /** libvirt's final statistics; they come with an event, for the domain that could be asked is gone. */
    CompletableFuture<TypedParameters> statistics() {
        return statistics;
    }

    void requestCancel() {
        cancelRequested = true;
    }

    boolean cancelRequested() {
        return cancelRequested;
    }

    void switchedToPostCopy() {
        postCopy = true;
    }

    boolean postCopy() {
        return postCopy;
    }
}
