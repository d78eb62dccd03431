package dev.meseta.manager.shared;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the audit record of the request at hand will say of its object. Filled by whoever knows, deep below the REST layer;
 * what is noted outside of a request goes nowhere. Secrets need no care here: the audit log masks them.
 */
public final class AuditNotes {

    private static final ScopedValue<AuditNotes> CURRENT = ScopedValue.newInstance();

    private String objectId = "";
    private String objectName = "";
    private final Map<String, Object> said = new TreeMap<>();
    private final Map<String, Object> changes = new TreeMap<>();

    /** Binds these notes to the thread while some work is done. */
    public <T, X extends Throwable> T call(ScopedValue.CallableOp<? extends T, X> work) throws X {
        return ScopedValue.where(CURRENT, this).call(work);
    }

    /** What the request is about; the first word holds. */
    public static void object(UUID id, String name) {
        if (CURRENT.isBound() && CURRENT.get().objectId.isEmpty()) {
            CURRENT.get().objectId = id.toString();
            CURRENT.get().objectName = name;
        }
    }

    /** Something that the request asked for and that its path does not say, for instance a mode. */
    public static void say(String name, Object value) {
        if (CURRENT.isBound()) {
            CURRENT.get().said.put(name, value);
        }
    }

    /**
     * Fields by their names in the API, before and after a change; those that are the same on both sides are left out. A field
     * that is missing on one side was not there, or is not known.
     */
    public static void changed(Map<String, ?> before, Map<String, ?> after) {
        if (!CURRENT.isBound()) {
            return;
        }
        Map<String, @Nullable Object> names = new TreeMap<>(before);
        names.putAll(after);
        for (String name : names.keySet()) {
            Object was = before.get(name);
            Object is = after.get(name);
            if (!Objects.equals(was, is)) {
                Map<String, @Nullable Object> change = new LinkedHashMap<>();
                change.put("before", was);
                change.put("after", is);
                CURRENT.get().changes.put(name, change);
            }
        }
    }

    /** Empty: nobody said. */
    public String objectId() {
        return objectId;
    }

    public String objectName() {
        return objectName;
    }

    public Map<String, Object> said() {
        return Map.copyOf(said);
    }

    /** By field: what was {@code before} and is {@code after}. */
    public Map<String, Object> changes() {
        return Map.copyOf(changes);
    }
}
