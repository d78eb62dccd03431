package dev.meseta.manager.lifecycle.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.agents.AgentOperationChanged;
import dev.meseta.manager.fakes.FakeDataCenter;
import dev.meseta.manager.fakes.FakeStorage;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.lifecycle.NewVmRequest;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** The lifecycle module on a fake data center. */
final class LifecycleWorld {

    static final Duration MISSING_GRACE = Duration.ofSeconds(10);

    final FakeDataCenter center = new FakeDataCenter();
    final VmLifecycleService lifecycle;
    final VmReconciler reconciler;
    final CrashHistory crashes;

    LifecycleWorld() {
        var properties = new LifecycleProperties(
                Duration.ofSeconds(60), Duration.ofSeconds(10), MISSING_GRACE, 3, Duration.ofMinutes(10));
        var rows = new VmRows(center.vms, center.storage, center.networks, center.placement);
        var tasks = center.tasks;
        var ends = center.ends;
        var agents = center.agents;
        tasks.register(new VmCreateHandler(agents, center.vms, center.storage, center.specifications, rows, ends));
        tasks.register(new VmStartHandler(agents, center.vms, center.specifications, rows, ends));
        tasks.register(new VmStopHandler(agents, center.vms, rows, ends, center.clock));
        tasks.register(new VmRebootHandler(agents, rows, center.clock));
        tasks.register(new VmPauseHandler(agents, rows, ends, true));
        tasks.register(new VmPauseHandler(agents, rows, ends, false));
        tasks.register(new VmDeleteHandler(agents, center.vms, new LastHost(agents), center.storage, rows));
        var creation = new VmCreation(
                center.clusters,
                center.hosts,
                center.vms,
                center.storage,
                center.networks,
                center.placement,
                agents,
                tasks,
                center.rows,
                center.ids);
        lifecycle = new VmLifecycleService(
                creation,
                center.vms,
                new LastHost(agents),
                center.hosts,
                center.placement,
                tasks,
                center.rows,
                center.clock,
                properties);
        crashes = new CrashHistory(new FakeRestarts(), center.clock, properties);
        reconciler = new VmReconciler(
                center.vms,
                center.vms,
                center.hosts,
                agents,
                tasks,
                lifecycle,
                crashes,
                center.events,
                center.ids,
                center.clock,
                properties);
        var signals = new AgentSignals(tasks);
        agents.listener((host, operation) -> signals.on(new AgentOperationChanged(host, operation)));
    }

    static NewVmRequest request(String name) {
        return request(name, 256, true);
    }

    static NewVmRequest request(String name, long memoryMiB, boolean start) {
        return new NewVmRequest(
                name, "", null, FakeStorage.IMAGE, 1, memoryMiB << 20, Vm.Firmware.BIOS, null, null, "", null, start);
    }

    void expectError(TaskView task, @Nullable ErrorCode code) {
        var row = center.tasks.row(task.id());
        assertThat(row.state().isFinal())
                .as("%s in %s", row.kind(), row.phase())
                .isTrue();
        assertThat(row.error()).as(row.detail()).isEqualTo(code);
        assertThat(row.state()).isEqualTo(code == ErrorCode.CANCELLED ? TaskState.CANCELLED : TaskState.FAILED);
    }

    static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** Nothing of any VM is left in any table or on any host. */
    void expectEmpty() {
        assertThat(center.rows.vms).isEmpty();
        assertThat(center.rows.disks).isEmpty();
        assertThat(center.rows.nics).isEmpty();
        assertThat(center.rows.reservations).isEmpty();
        assertThat(center.agents.host(FakeDataCenter.HOST_1).volumes).isEmpty();
        assertThat(center.agents.host(FakeDataCenter.HOST_2).volumes).isEmpty();
        assertThat(center.agents.host(FakeDataCenter.HOST_1).domains).isEmpty();
        assertThat(center.agents.host(FakeDataCenter.HOST_2).domains).isEmpty();
    }
}
