package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.Actor;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Lineage;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Nobody gives what they lack. */
@Component
class Escalation {

    private final Access access;
    private final KnownGrants known;
    private final ObjectTree tree;

    Escalation(Access access, KnownGrants known, ObjectTree tree) {
        this.access = access;
        this.known = known;
        this.tree = tree;
    }

    /** The actor must hold all of this on the object and on everything below it. */
    void requireAll(Collection<Permission> permissions, ObjectRef scope) {
        Optional<AuthenticatedUser> actor = Actor.limited();
        if (actor.isEmpty()) {
            return;
        }
        Lineage lineage = tree.lineage(scope)
                .orElseThrow(() -> Problems.notFound(scope.kind().words(), scope.id()));
        List<AccessGrant> own = known.of(actor.get().id());
        for (Permission permission : permissions) {
            if (!access.allows(actor.get(), permission, scope) || isDeniedBelow(own, permission, scope, lineage)) {
                throw new MesetaException(
                        ErrorCode.FORBIDDEN,
                        "Nobody gives what they lack: you do not hold %s (%s) on all of the %s %s."
                                .formatted(
                                        permission,
                                        permission.sentence(),
                                        scope.kind().words(),
                                        lineage.object().name()));
            }
        }
    }

    /** As {@link #requireAll}, of everything that these grants give, or that would be given by taking them away. */
    void requireAll(Collection<AccessGrant> grants) {
        for (AccessGrant grant : grants) {
            if (tree.lineage(grant.scope()).isPresent()) {
                requireAll(grant.permissions(), grant.scope());
            }
        }
    }

    private boolean isDeniedBelow(List<AccessGrant> own, Permission permission, ObjectRef scope, Lineage lineage) {
        for (AccessGrant grant : own) {
            if (grant.effect() == Effect.DENY
                    && grant.permissions().contains(permission)
                    && (lineage.refs().contains(grant.scope())
                            || tree.lineage(grant.scope())
                                    .map(below -> below.refs().contains(scope))
                                    .orElse(false))) {
                return true;
            }
        }
        return false;
    }
}
