package dev.meseta.manager.identity;

import dev.meseta.manager.shared.query.SqlFilter;
import java.util.UUID;

/**
 * Whether somebody may do something with an object. The APIs of modules ask it for whoever asks ({@link Actor}); the
 * manager's own work may do everything. A denial wins over whatever allows, at any level.
 */
public interface Access {

    /**
     * Lets only whoever may do it go on.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND when they may not see the object either, or there is none;
     *     FORBIDDEN, with what is missing and where it could be granted, when they may
     */
    void require(Permission permission, ObjectRef object);

    /** As {@link #require}, for somebody who is not the thread's actor. */
    void require(AuthenticatedUser user, Permission permission, ObjectRef object);

    boolean allows(Permission permission, ObjectRef object);

    boolean allows(AuthenticatedUser user, Permission permission, ObjectRef object);

    boolean exists(ObjectRef object);

    /** Which rows of a list the actor holds a permission on. */
    SqlFilter visible(Permission permission, AccessColumns columns);

    /** As {@link #visible(Permission, AccessColumns)}, for tasks and events, whose rows are about objects of many kinds. */
    SqlFilter about(Permission permission, String kindColumn, String idColumn);

    /** Whether the actor holds it on everything there is. */
    boolean isAllowedEverywhere(Permission permission);

    boolean isAllowedEverywhere(AuthenticatedUser user, Permission permission);

    /** Changes whenever what anybody may do has changed, as far as this manager has heard. */
    long generation();

    /** The actor's id; null for the manager's own work. */
    static @org.jspecify.annotations.Nullable UUID actorId() {
        return Actor.current().map(AuthenticatedUser::id).orElse(null);
    }
}
