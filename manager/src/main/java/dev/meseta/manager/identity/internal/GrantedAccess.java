package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.AccessRules;
import dev.meseta.manager.identity.Actor;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Lineage;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.query.SqlFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;

/** Decides by the grants of users and groups and, of who came with an API token, by its limits as well. */
@Service
class GrantedAccess implements Access {

    /** Kinds of tasks' targets and of events' objects, with the rows they stand for. */
    private record Kind(String word, String table, AccessColumns columns) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("vm", "vm v", AccessColumns.vms("v.id", "v.cluster_id", "v.tags")),
            new Kind("host", "host h", AccessColumns.hosts("h.id", "h.cluster_id")),
            new Kind("image", "image i", AccessColumns.images("i.id", "i.storage_domain_id")),
            new Kind("data_center", "data_center d", AccessColumns.dataCenters("d.id")),
            new Kind("disk", "disk k JOIN vm w ON w.id = k.vm_id", AccessColumns.disks("k", "w")),
            new Kind("cluster", "cluster c", AccessColumns.clusters("c.id", "c.data_center_id")),
            new Kind("network", "network n", AccessColumns.networks("n.id", "n.data_center_id")),
            new Kind("storage_domain", "storage_domain s", AccessColumns.storageDomains("s.id", "s.data_center_id")));

    private final KnownGrants known;
    private final TokenLimits limits;
    private final ObjectTree tree;
    private final UsedGrants used;

    GrantedAccess(KnownGrants known, TokenLimits limits, ObjectTree tree, UsedGrants used) {
        this.known = known;
        this.limits = limits;
        this.tree = tree;
        this.used = used;
    }

    /** One list for each thing that must allow it: the person, and the token. */
    private List<List<AccessGrant>> layers(AuthenticatedUser user) {
        if (user.id().equals(Actor.NOBODY.id())) {
            return List.of(List.of());
        }
        List<AccessGrant> own = known.of(user.id());
        UUID token = user.tokenId();
        return token == null
                ? List.of(own)
                : limits.of(token).map(most -> List.of(own, most)).orElseGet(() -> List.of(own));
    }

    @Override
    public void require(Permission permission, ObjectRef object) {
        Actor.limited().ifPresent(user -> require(user, permission, object));
    }

    @Override
    public void require(AuthenticatedUser user, Permission permission, ObjectRef object) {
        List<List<AccessGrant>> layers = layers(user);
        if (isEverywhere(layers, permission)) {
            return;
        }
        Lineage lineage = tree.lineage(object)
                .orElseThrow(() -> Problems.notFound(object.kind().words(), object.id()));
        if (allows(layers, permission, lineage)) {
            return;
        }
        Permission read = object.kind().read();
        if (!object.equals(ObjectRef.SYSTEM) && (read == permission || !allows(layers, read, lineage))) {
            throw Problems.notFound(object.kind().words(), object.id());
        }
        throw missing(permission, lineage);
    }

    private static MesetaException missing(Permission permission, Lineage lineage) {
        String where = lineage.nodes().stream()
                .map(node -> node.ref().kind().words())
                .distinct()
                .collect(Collectors.joining(", its "));
        return new MesetaException(
                ErrorCode.FORBIDDEN,
                "You need the permission %s (%s) for this. It can be granted on the %s%s."
                        .formatted(
                                permission,
                                permission.sentence(),
                                lineage.object().ref().kind() == ObjectKind.SYSTEM ? "system" : where,
                                lineage.nodes().size() == 1 ? "" : "; unless a grant there denies it"));
    }

    @Override
    public boolean allows(Permission permission, ObjectRef object) {
        return Actor.limited().map(user -> allows(user, permission, object)).orElse(true);
    }

    @Override
    public boolean allows(AuthenticatedUser user, Permission permission, ObjectRef object) {
        List<List<AccessGrant>> layers = layers(user);
        return isEverywhere(layers, permission)
                || tree.lineage(object)
                        .map(lineage -> allows(layers, permission, lineage))
                        .orElse(false);
    }

    private boolean allows(List<List<AccessGrant>> layers, Permission permission, Lineage lineage) {
        List<AccessGrant> deciding = new ArrayList<>();
        for (List<AccessGrant> grants : layers) {
            AccessRules.Answer answer = AccessRules.decide(grants, permission, lineage);
            if (!answer.allowed()) {
                return false;
            }
            deciding.addAll(answer.deciding());
        }
        used.note(deciding);
        return true;
    }

    private boolean isEverywhere(List<List<AccessGrant>> layers, Permission permission) {
        boolean everywhere = layers.stream().allMatch(grants -> AccessRules.isAllowedEverywhere(grants, permission));
        if (everywhere) {
            used.note(layers.getFirst().stream()
                    .filter(grant -> grant.permissions().contains(permission)
                            && grant.scope().equals(ObjectRef.SYSTEM)
                            && grant.effect() == Effect.ALLOW)
                    .toList());
        }
        return everywhere;
    }

    @Override
    public boolean exists(ObjectRef object) {
        return tree.lineage(object).isPresent();
    }

    @Override
    public boolean isAllowedEverywhere(Permission permission) {
        return Actor.limited()
                .map(user -> isAllowedEverywhere(user, permission))
                .orElse(true);
    }

    @Override
    public boolean isAllowedEverywhere(AuthenticatedUser user, Permission permission) {
        return isEverywhere(layers(user), permission);
    }

    @Override
    public SqlFilter visible(Permission permission, AccessColumns columns) {
        Optional<AuthenticatedUser> actor = Actor.limited();
        if (actor.isEmpty()) {
            return SqlFilter.ALL;
        }
        VisibleRows rows = new VisibleRows();
        return filter(condition(rows, layers(actor.get()), permission, columns), rows.parameters());
    }

    private String condition(
            VisibleRows rows, List<List<AccessGrant>> layers, Permission permission, AccessColumns columns) {
        List<String> all = new ArrayList<>();
        for (List<AccessGrant> grants : layers) {
            used.note(grants.stream()
                    .filter(grant -> grant.effect() == Effect.ALLOW
                            && grant.permissions().contains(permission))
                    .toList());
            String one = rows.condition(grants, permission, columns);
            if (one.equals(VisibleRows.NONE)) {
                return VisibleRows.NONE;
            }
            if (!one.equals(VisibleRows.EVERY)) {
                all.add(one);
            }
        }
        return all.isEmpty() ? VisibleRows.EVERY : String.join(" AND ", all);
    }

    private static SqlFilter filter(String condition, Map<String, Object> parameters) {
        return condition.equals(VisibleRows.EVERY) ? SqlFilter.ALL : new SqlFilter(condition, parameters);
    }

    @Override
    public SqlFilter about(Permission permission, String kindColumn, String idColumn) {
        Optional<AuthenticatedUser> actor = Actor.limited();
        if (actor.isEmpty()) {
            return SqlFilter.ALL;
        }
        List<List<AccessGrant>> layers = layers(actor.get());
        if (isEverywhere(layers, permission)) {
            return SqlFilter.ALL;
        }
        VisibleRows rows = new VisibleRows();
        Map<String, String> found = new LinkedHashMap<>();
        if (allows(layers, permission, Lineage.SYSTEM)) {
            found.put("system", "(" + kindColumn + " = 'system')");
        }
        for (Kind kind : KINDS) {
            String condition = condition(rows, layers, permission, kind.columns());
            if (!condition.equals(VisibleRows.NONE)) {
                String id = Objects.requireNonNull(
                        kind.columns().ids().get(ObjectKind.valueOf(kind.word().toUpperCase(Locale.ROOT))));
                found.put(
                        kind.word(),
                        "(%s = '%s' AND %s IN (SELECT %s FROM %s WHERE %s))"
                                .formatted(kindColumn, kind.word(), idColumn, id, kind.table(), condition));
            }
        }
        return new SqlFilter(
                found.isEmpty() ? VisibleRows.NONE : String.join(" OR ", found.values()), rows.parameters());
    }

    @Override
    public long generation() {
        return known.generation();
    }
}
