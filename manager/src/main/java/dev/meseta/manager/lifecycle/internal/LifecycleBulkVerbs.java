package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.lifecycle.BulkVerb;
import dev.meseta.manager.lifecycle.BulkVerbs;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.lifecycle.VmLifecycle;
import dev.meseta.manager.lifecycle.VmLifecycle.Verb;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.TaskView;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The verbs of this module for each of many VMs. */
@Component
class LifecycleBulkVerbs implements BulkVerbs {

    private final VmLifecycle lifecycle;

    LifecycleBulkVerbs(VmLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public Set<BulkVerb> verbs() {
        return EnumSet.complementOf(EnumSet.of(BulkVerb.MIGRATE));
    }

    @Override
    public TaskView begin(BulkVerb verb, UUID vmId, @Nullable StopMode wanted, RequestContext by) {
        StopMode mode = wanted == null ? StopMode.GRACEFUL : wanted;
        return switch (verb) {
            case START -> lifecycle.start(vmId, null, null, by);
            case STOP -> lifecycle.stop(vmId, mode, null, by);
            case REBOOT -> lifecycle.reboot(vmId, mode, null, by);
            case PAUSE -> lifecycle.pause(vmId, null, by);
            case RESUME -> lifecycle.resume(vmId, null, by);
            case DELETE -> lifecycle.delete(vmId, null, by);
            case MIGRATE -> throw new IllegalArgumentException("another module's verb");
        };
    }

    @Override
    public void check(BulkVerb verb, UUID vmId) {
        lifecycle.check(Verb.valueOf(verb.name()), vmId, null);
    }
}
