package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.AccessRules;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * {@link AccessRules#decide} as a condition on the rows of a list. Ids stand in it as they are: they come out of UUIDs, and
 * a database that sees them knows whether an index leads to the few rows or the order to the many. Tags are parameters.
 */
final class VisibleRows {

    static final String EVERY = "TRUE";
    static final String NONE = "FALSE";

    /** VMs carry tags: what a grant with a tag can be given on is one, or something that VMs belong to. */
    private static final Set<ObjectKind> TAGGED =
            Set.of(ObjectKind.SYSTEM, ObjectKind.DATA_CENTER, ObjectKind.CLUSTER, ObjectKind.VM);

    private final Map<String, Object> parameters = new LinkedHashMap<>();

    Map<String, Object> parameters() {
        return parameters;
    }

    /** @return {@link #EVERY}, {@link #NONE} or a condition in brackets */
    String condition(Collection<AccessGrant> grants, Permission permission, AccessColumns columns) {
        if (AccessRules.isAllowedEverywhere(grants, permission)) {
            return EVERY;
        }
        String allowed = anyOf(grants, permission, Effect.ALLOW, columns);
        String denied = anyOf(grants, permission, Effect.DENY, columns);
        if (allowed.equals(NONE) || denied.equals(EVERY)) {
            return NONE;
        }
        if (denied.equals(NONE)) {
            return allowed;
        }
        return allowed.equals(EVERY) ? "(NOT " + denied + ")" : "(" + allowed + " AND NOT " + denied + ")";
    }

    private record Part(ObjectKind kind, String tag) {}

    private String anyOf(Collection<AccessGrant> grants, Permission permission, Effect effect, AccessColumns columns) {
        Map<Part, TreeSet<UUID>> parts = new LinkedHashMap<>();
        for (AccessGrant grant : grants) {
            if (grant.effect() == effect && grant.permissions().contains(permission)) {
                parts.computeIfAbsent(new Part(grant.scope().kind(), grant.tag()), part -> new TreeSet<>())
                        .add(grant.scope().id());
            }
        }
        List<String> alternatives = new ArrayList<>();
        parts.forEach((part, ids) -> {
            String scope = scope(part.kind(), ids, columns);
            if (!part.tag().isEmpty() && !scope.equals(NONE)) {
                scope = columns.tags().isEmpty() || !TAGGED.contains(part.kind())
                        ? NONE
                        : "(" + scope + " AND " + carries(columns.tags(), part.tag()) + ")";
            }
            if (!scope.equals(NONE)) {
                alternatives.add(scope);
            }
        });
        if (alternatives.contains(EVERY)) {
            return EVERY;
        }
        return alternatives.isEmpty() ? NONE : "(" + String.join(" OR ", alternatives) + ")";
    }

    private static String scope(ObjectKind kind, Collection<UUID> ids, AccessColumns columns) {
        if (kind == ObjectKind.SYSTEM) {
            return ids.contains(ObjectRef.SYSTEM.id()) ? EVERY : NONE;
        }
        String column = columns.ids().get(kind);
        if (column != null) {
            return column + " IN (" + literals(ids) + ")";
        }
        if (kind == ObjectKind.DATA_CENTER) {
            String cluster = columns.ids().get(ObjectKind.CLUSTER);
            if (cluster != null) {
                return parts(cluster, "cluster", ids);
            }
            String domain = columns.ids().get(ObjectKind.STORAGE_DOMAIN);
            if (domain != null) {
                return parts(domain, "storage_domain", ids);
            }
        }
        return NONE;
    }

    /** As an array that is made once, so that an index can be asked for it. */
    private static String parts(String column, String table, Collection<UUID> dataCenters) {
        return "%s = ANY(ARRAY(SELECT id FROM %s WHERE data_center_id IN (%s)))"
                .formatted(column, table, literals(dataCenters));
    }

    private static String literals(Collection<UUID> ids) {
        return ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", "));
    }

    private String carries(String tags, String tag) {
        String name = "accessTag" + parameters.size();
        parameters.put(name, tag);
        return tags + " @> ARRAY[CAST(:" + name + " AS text)]";
    }
}
