package dev.meseta.manager.identity;

import dev.meseta.manager.identity.AccessGrant.Effect;
import java.util.List;
import java.util.UUID;

/**
 * Why somebody may do something, and who may. All need ACCESS_EXPLAIN on the object, and throw MesetaException NOT_FOUND and
 * FORBIDDEN.
 */
public interface AccessReports {

    /**
     * A grant that decided.
     *
     * @param through the group it was given to; empty: to the user, or to everyone
     * @param scopeName what the object that it was given on is called
     */
    record Link(
            UUID grantId,
            String through,
            String roleName,
            Effect effect,
            ObjectKind scopeKind,
            UUID scopeId,
            String scopeName,
            String tag) {}

    /**
     * @param chain denials when there are any, otherwise what allows it; empty: nothing does
     * @param path the object and what it belongs to, by which grants reach it
     */
    record Explanation(
            UUID userId,
            String userName,
            Permission permission,
            boolean allowed,
            String reason,
            List<Link> chain,
            List<PathNode> path) {}

    record PathNode(ObjectKind kind, UUID id, String name, List<String> tags) {}

    /** @param chain what allows it */
    record WhoCan(UUID userId, String userName, List<Link> chain) {}

    Explanation explain(UUID userId, Permission permission, ObjectRef object);

    /** Everybody who may, by name. */
    List<WhoCan> whoCan(Permission permission, ObjectRef object);
}
