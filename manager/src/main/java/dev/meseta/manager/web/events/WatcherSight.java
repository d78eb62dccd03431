package dev.meseta.manager.web.events;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one watcher may see of events. Remembered for moments, so that a busy object is not looked at for every event; the last
 * of an object that is gone is shown to whom the one before was. Not thread-safe.
 */
final class WatcherSight {

    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    private static final int MAX_OBJECTS = 20_000;

    private final Access access;
    private final AuthenticatedUser user;
    private final Map<ObjectRef, Seen> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectRef, Seen> eldest) {
            return size() > MAX_OBJECTS;
        }
    };
    /** What tasks work on, as their events said: their progress does not. */
    private final Map<UUID, ObjectRef> targets = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, ObjectRef> eldest) {
            return size() > MAX_OBJECTS;
        }
    };

    private long generation = -1;

    WatcherSight(Access access, AuthenticatedUser user) {
        this.access = access;
        this.user = user;
    }

    private record Seen(boolean visible, long nanos) {}

    boolean sees(EventView event) {
        if (access.isAllowedEverywhere(user, Permission.EVENT_READ)) {
            return true;
        }
        if (generation != access.generation()) {
            generation = access.generation();
            seen.clear();
        }
        return object(event).map(this::sees).orElse(false);
    }

    private boolean sees(ObjectRef object) {
        Seen last = seen.get(object);
        if (last != null && System.nanoTime() - last.nanos() < REMEMBERED.toNanos()) {
            return last.visible();
        }
        boolean visible = access.allows(user, Permission.EVENT_READ, object);
        seen.put(object, new Seen(visible, System.nanoTime()));
        // It may just have been deleted, and this event say so.
        return visible || (last != null && last.visible() && !access.exists(object));
    }

    private Optional<ObjectRef> object(EventView event) {
        UUID id = event.objectId();
        if (id == null || !event.objectKind().equals("task")) {
            return object(event.objectKind(), id);
        }
        if (event.data().get("targetKind") instanceof String kind
                && event.data().get("targetId") instanceof String target) {
            Optional<ObjectRef> found = object(kind, UUID.fromString(target));
            found.ifPresent(object -> targets.put(id, object));
            return found;
        }
        return Optional.ofNullable(targets.get(id));
    }

    private static Optional<ObjectRef> object(String kind, @Nullable UUID id) {
        if (id == null) {
            return Optional.empty();
        }
        return switch (kind) {
            case "vm" -> Optional.of(new ObjectRef(ObjectKind.VM, id));
            case "host" -> Optional.of(new ObjectRef(ObjectKind.HOST, id));
            case "image" -> Optional.of(new ObjectRef(ObjectKind.IMAGE, id));
            case "cluster" -> Optional.of(new ObjectRef(ObjectKind.CLUSTER, id));
            case "network" -> Optional.of(new ObjectRef(ObjectKind.NETWORK, id));
            default -> Optional.empty();
        };
    }
}
