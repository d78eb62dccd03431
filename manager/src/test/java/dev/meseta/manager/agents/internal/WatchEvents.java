package dev.meseta.manager.agents.internal;

import com.google.protobuf.Timestamp;
import dev.meseta.proto.v1.Acceleration;
import dev.meseta.proto.v1.DomainReason;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.DomainState;
import dev.meseta.proto.v1.HostCondition;
import dev.meseta.proto.v1.HostDescription;
import dev.meseta.proto.v1.HostStatistics;
import dev.meseta.proto.v1.LostEvents;
import dev.meseta.proto.v1.MigrationProgress;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.SnapshotEnd;
import dev.meseta.proto.v1.WatchEvent;
import java.util.UUID;

/** What an agent says on its watch. */
final class WatchEvents {

    private WatchEvents() {}

    static WatchEvent.Builder host(UUID hostId, String instance) {
        return WatchEvent.newBuilder()
                .setHost(HostDescription.newBuilder()
                        .setHostId(hostId.toString())
                        .setHostname("node")
                        .setAgentVersion("0.1")
                        .setBootId("boot-1")
                        .setAgentInstanceId(instance)
                        .setKernelVersion("6.18")
                        .setLibvirtVersion("9.0.0")
                        .setQemuVersion("7.2.0")
                        .setCpus(2)
                        .setCpuModel("qemu64")
                        .setMemoryBytes(4L << 30)
                        .setAcceleration(Acceleration.ACCELERATION_TCG)
                        .addCapabilities("network.vxlan")
                        .addConditions(HostCondition.newBuilder()
                                .setCode("KVM_NOT_USABLE")
                                .setMessage("No KVM"))
                        .setMigrationAddress("127.0.0.1")
                        .setAgentAddress("127.0.0.1:1"));
    }

    static WatchEvent.Builder domain(UUID vmId, DomainState state) {
        return WatchEvent.newBuilder()
                .setDomain(DomainReport.newBuilder()
                        .setVmId(vmId.toString())
                        .setName("vm")
                        .setState(state)
                        .setReason(DomainReason.DOMAIN_REASON_USER)
                        .setObservedAt(Timestamp.newBuilder().setSeconds(1_800_000_000)));
    }

    static WatchEvent.Builder operation(String id, OperationState state) {
        return WatchEvent.newBuilder()
                .setOperation(Operation.newBuilder()
                        .setOperationId(id)
                        .setKind("domain.ensure-running")
                        .setState(state));
    }

    static WatchEvent.Builder progress(UUID migrationId, UUID vmId, long downtimeMs) {
        return WatchEvent.newBuilder()
                .setMigrationProgress(MigrationProgress.newBuilder()
                        .setMigrationId(migrationId.toString())
                        .setVmId(vmId.toString())
                        .setElapsedMs(1)
                        .setMemoryTotalBytes(2)
                        .setMemoryTransferredBytes(3)
                        .setMemoryRemainingBytes(4)
                        .setDirtyRateBytesPerSecond(5)
                        .setBandwidthBytesPerSecond(6)
                        .setIteration(7)
                        .setDowntimeMs(downtimeMs)
                        .setPostCopy(true)
                        .setThrottlePercent(9));
    }

    static WatchEvent.Builder statistics() {
        return WatchEvent.newBuilder()
                .setStatistics(HostStatistics.newBuilder()
                        .setSampledAt(Timestamp.newBuilder().setSeconds(1_800_000_000))
                        .setCpuUsagePercent(12.5)
                        .setMemoryUsedBytes(3L << 20)
                        .setMemoryAvailableBytes(5L << 20));
    }

    static WatchEvent.Builder snapshotEnd() {
        return WatchEvent.newBuilder().setSnapshotEnd(SnapshotEnd.getDefaultInstance());
    }

    static WatchEvent.Builder lost(long count) {
        return WatchEvent.newBuilder().setLostEvents(LostEvents.newBuilder().setCount(count));
    }
}
