package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostEnrolment;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.RequestContext;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/** Asks whether the actor may let hosts join the cluster. */
@Component
@Primary
class GuardedEnrolment implements HostEnrolment {

    private final HostEnrolments enrolments;
    private final Clusters clusters;
    private final Access access;

    GuardedEnrolment(HostEnrolments enrolments, Clusters clusters, Access access) {
        this.enrolments = enrolments;
        this.clusters = clusters;
        this.access = access;
    }

    private void require(@Nullable UUID clusterId) {
        if (!access.isAllowedEverywhere(Permission.HOST_ENROL)) {
            access.require(
                    Permission.HOST_ENROL,
                    ObjectRef.cluster(
                            clusterId == null ? clusters.defaultCluster().id() : clusterId));
        }
    }

    @Override
    public Invitation invite(String hostName, @Nullable UUID clusterId, RequestContext requestedBy) {
        require(clusterId);
        AuditNotes.say("hostName", hostName);
        return enrolments.invite(hostName, clusterId, requestedBy);
    }

    @Override
    public InvitationPlan plan(String hostName, @Nullable UUID clusterId) {
        require(clusterId);
        return enrolments.plan(hostName, clusterId);
    }
}
